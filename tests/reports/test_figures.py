"""A history written by hand gives the figures that were computed on paper (see conftest.py)."""

import re

import pytest

from reports import measuring
from reports.filters import Filters
from reports.measuring import arrivals, measure
from reports.models import Fact
from teams.models import Membership, Workspace
from tests.reports.conftest import read_csv, read_page

DAYS = "period=custom&from=2026-03-27&to=2026-03-30"
URL = "/w/acme/reports/"
MIN, HOUR = 60, 3600


@pytest.fixture
def administrator(acme):
    return Membership.objects.with_related().get(pk=acme.alice.pk)


def filters(administrator, **more):
    query = {"period": "custom", "from": "2026-03-27", "to": "2026-03-30", **more}
    return Filters(administrator, query)


def values(administrator, *names, **more):
    chosen = filters(administrator, **more)
    found = measure(chosen.facts(), names, column=chosen.column).get((), {})
    return [found.get(name) for name in names]


def test_counts(history, administrator):
    names = ("new", "resolved", "reopened", "replies", "handled", "handed_over", "timed_out")
    assert values(administrator, *names) == [3, 3, 1, 3, 2, 1, 1]


def test_durations(history, administrator):
    first = ("first_reply_median", "first_reply_mean", "first_reply_p90")
    assert values(administrator, *first) == [100 * MIN, 100 * MIN, pytest.approx(9840)]
    assert values(administrator, "next_reply_median") == [HOUR]
    resolution = ("resolution_median", "resolution_mean", "resolution_p90")
    assert values(administrator, *resolution) == [2 * HOUR, 41100, pytest.approx(92880)]
    assert values(administrator, "queue_median", "queue_p90") == [0, pytest.approx(8640)]


def test_durations_in_opening_hours(history, administrator):
    names = ("first_reply_median", "next_reply_median", "resolution_median", "resolution_mean")
    found = values(administrator, *names, clock="open")
    assert found == [80 * MIN, HOUR, 2 * HOUR, (600 + 7200 + 11700) / 3]


def test_by_agent(history, acme, administrator):
    names = ("new", "resolved", "first_reply_median", "handed_over", "timed_out")
    assert values(administrator, *names, agent=str(acme.bob.pk)) == [2, 1, 20 * MIN, 1, 1]
    assert values(administrator, *names, agent=str(acme.bea.pk)) == [1, 2, 3 * HOUR, None, None]


def test_the_overview(history, acme, sign_in):
    page = sign_in(acme.alice).get(f"{URL}?{DAYS}").text
    assert [figure(page, name) for name in ("new", "resolved")] == ["3", "3"]
    assert figure(page, "first_reply_median") == "1 h 40 min"
    assert figure(page, "resolution_median") == "2 h"
    page = sign_in(acme.alice).get(f"{URL}?{DAYS}&clock=open").text
    assert figure(page, "first_reply_median") == "1 h 20 min"


def figure(page, name):
    [html] = re.findall(rf'<b id="figure-{name}">(.*?)</b>', page, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", html).strip()


def table(client, name, query=DAYS):
    return read_csv(client.get(f"{URL}table.csv?table={name}&{query}"))


def test_days_in_the_csv_file(history, acme, sign_in):
    assert table(sign_in(acme.alice), "days")[1:] == [
        ["Fri 27 Mar", "1", "1", "0", "1200", "", "1800"],
        ["Sat 28 Mar", "0", "0", "0", "", "", ""],
        ["Sun 29 Mar", "1", "0", "0", "10800", "", ""],
        ["Mon 30 Mar", "1", "2", "1", "", "3600", "60750"],
    ]


def test_other_days_in_another_time_zone(history, acme, sign_in):
    """Seen from New York, Max wrote on Saturday evening; nothing else changes."""
    Workspace.objects.filter(pk=acme.workspace.pk).update(time_zone="America/New_York")
    rows = table(sign_in(acme.alice), "days")[1:]
    assert [row[1] for row in rows] == ["1", "1", "0", "1"]
    assert [row[2] for row in rows] == ["1", "0", "0", "2"]
    assert rows[1][4] == "10800"


def test_response_times_in_the_csv_file(history, acme, sign_in):
    assert table(sign_in(acme.alice), "times") == [
        ["Time", "Median (s)", "90% (s)", "Mean (s)"],
        ["First response", "6000", "9840", "6000"],
        ["Next response", "3600", "3600", "3600"],
        ["Resolution", "7200", "92880", "41100"],
    ]


def test_agents_in_the_csv_file(history, acme, sign_in):
    rows = {row[0]: row[1:8] for row in table(sign_in(acme.alice), "agent-work")}
    # assigned, answered, replies, resolved, passed on, not answered in time, returned
    assert rows["Bob"] == ["2", "1", "1", "1", "1", "1", "0"]
    assert rows["Bea"] == ["3", "2", "2", "2", "0", "0", "0"]
    rows = {row[0]: row[1:] for row in table(sign_in(acme.alice), "agents")}
    # new, resolved, reopened, first (median, 90%), next, resolution (median, 90%)
    assert rows["Bob"] == ["2", "1", "1", "1200", "1200", "", "1800", "1800"]
    assert rows["Bea"] == ["1", "2", "0", "10800", "10800", "3600", "60750", "103590"]


def test_rules_in_the_csv_file(history, acme, sign_in):
    assert table(sign_in(acme.alice), "rules")[1:] == [
        ["Round robin", "4", "67"],
        ["In the queue", "1", "17"],
        ["Kept", "1", "17"],
    ]
    assert table(sign_in(acme.alice), "fairness")[1:] == [["Bea", "2", "50"], ["Bob", "2", "50"]]


def test_inboxes_and_queue_in_the_csv_file(history, acme, sign_in):
    [_head, row] = table(sign_in(acme.alice), "inboxes")
    assert row[1:] == ["3", "3", "1", "6000", "9840", "3600", "7200", "92880"]
    queue = dict(table(sign_in(acme.alice), "queue")[1:])
    assert queue["Time in the queue (90%)"] == "8640"
    assert queue["Email leads"] == "0"


def test_arrivals_by_weekday_and_hour(history, administrator):
    chosen = filters(administrator)
    found = arrivals(chosen.facts(), chosen.period)
    assert {(day, hour) for day in range(7) for hour in range(24) if found[day][hour]} == {
        (4, 16),
        (6, 0),
        (0, 23),
    }


def test_each_cell_of_the_heat_map_opens_what_it_counts(history, acme, sign_in):
    client = sign_in(acme.alice)
    page = client.get(f"{URL}section/?section=weekdays&{DAYS}").text
    cells = re.findall(r'<td data-level="5"><a href="([^"]*)">1</a>', page)
    opened = []
    for url in cells:
        shown = client.get(url.replace("&amp;", "&")).text
        opened.append(re.findall(r'/conversations/(\d+)/"', shown))
    # By weekday, so the one of Monday is first.
    monday, friday, sunday = history[2], history[0], history[1]
    assert opened == [[str(each.number)] for each in (monday, friday, sunday)]
    assert "Monday · 23:00–23:59" in re.sub(
        r"\s+", " ", client.get(cells[0].replace("&amp;", "&")).text
    )


def test_shares_and_available_time_open_what_they_come_from(history, acme, sign_in):
    page = sign_in(acme.alice).get(f"{URL}section/?section=fairness&{DAYS}").text
    assert len(re.findall(r'<a href="[^"]*figure=assigned[^"]*">\s*50%', page)) == 2
    page = sign_in(acme.alice).get(f"{URL}section/?section=agent-work&{DAYS}").text
    assert f"/w/acme/team/members/{acme.bob.pk}/" in page


def test_a_file_tells_the_page_that_its_download_started(history, acme, sign_in):
    client = sign_in(acme.alice)
    for name in ("table.csv", "conversations.csv"):
        response = client.get(f"{URL}{name}?{DAYS}&download=0123-4567-89")
        assert response.cookies["download"].value == "0123-4567-89"
        response = client.get(f"{URL}{name}?{DAYS}&download=x;y=%0Az")
        assert "download" not in response.cookies


def test_one_row_for_each_conversation(history, acme, sign_in):
    answer = sign_in(acme.alice).get(f"{URL}conversations.csv?{DAYS}")
    assert answer.streaming
    header, *rows = read_csv(answer)
    vera, peter, zoe = (dict(zip(header, row, strict=True)) for row in rows)
    assert vera["number"] == str(history[0].number)
    assert vera["id"] == str(history[0].pk)
    assert (vera["contact"], vera["first_agent"]) == ("Vera", "Bob")
    assert vera["started_at"] == "2026-03-27T16:50:00+01:00"
    assert vera["first_resolved_at"] == "2026-03-27T17:20:00+01:00"
    assert vera["last_resolved_at"] == "2026-03-30T11:30:00+02:00"
    assert (vera["replies"], vera["resolutions"], vera["reopenings"]) == ("2", "2", "1")
    assert (vera["first_response_seconds"], vera["first_response_open_seconds"]) == ("1200", "600")
    assert vera["mean_next_response_seconds"] == "3600"
    assert (vera["first_resolution_seconds"], vera["last_resolution_seconds"]) == ("1800", "7200")
    assert peter["contact"] == "'=Max"
    assert (peter["first_queue_seconds"], peter["first_queue_open_seconds"]) == ("10800", "9000")
    assert peter["first_resolution_seconds"] == "114300"
    assert peter["first_resolution_open_seconds"] == "11700"
    assert (zoe["first_response_at"], zoe["first_response_seconds"]) == ("", "")
    assert (zoe["passed_on"], zoe["timed_out"]) == ("0", "1")


def test_a_figure_opens_what_it_was_computed_from(history, acme, sign_in):
    client = sign_in(acme.alice)
    page = client.get(f"{URL}list/?figure=resolution_median&{DAYS}").text
    assert re.search(r'id="list-value">2 h<', page)
    assert "These are the 3 it was computed from" in page
    rows = re.findall(r"/w/acme/conversations/(\d+)/", page)
    a, b, _c = (str(each.number) for each in history)
    assert rows == [b, a, a]  # the longest first
    page = client.get(f"{URL}list/?figure=handled&{DAYS}").text
    assert sorted(re.findall(r"/w/acme/conversations/(\d+)/", page)) == sorted([a, b])


def test_every_number_of_a_table_opens_as_many(history, acme, sign_in):
    client = sign_in(acme.alice)
    checked = 0
    for name in ("", "conversations/", "agents/", "routing/", "inboxes/"):
        page = read_page(client, f"{URL}{name}?{DAYS}")
        for url, text in re.findall(r'<a href="(/w/acme/reports/list/[^"]*)">([^<]+)</a>', page):
            found = client.get(url.replace("&amp;", "&")).text
            # A share opens what it is a share of.
            assert text.endswith("%") or f'id="list-value">{text}<' in found, url
            rows = found.count('<th scope="row">')
            assert rows == int(text) if text.isdigit() else rows > 0, url
            checked += 1
    assert checked > 60


def test_what_a_deleted_member_did_is_a_former_members(history, acme, sign_in):
    acme.bea.user.delete()
    client = sign_in(acme.alice)
    page = read_page(client, f"{URL}agents/?{DAYS}")
    assert "Former members" in page
    assert "Bea" not in page
    rows = {row[0]: row[1:] for row in table(client, "agent-work")}
    assert rows["Former members"][1] == "2"
    assert Fact.objects.filter(member=None, kind="first_reply").count() == 1
    found = client.get(f"{URL}list/?figure=replies&agent=former&{DAYS}").text
    assert found.count("Former member<") + found.count("Former member\n") == 2


def test_a_removed_member_keeps_their_name(history, acme, sign_in):
    Membership.objects.filter(pk=acme.bea.pk).update(removed_at="2026-04-01T00:00Z")
    client = sign_in(acme.alice)
    rows = {row[0]: row for row in table(client, "agent-work")}
    assert rows["Bea (removed)"][3] == "2"
    page = client.get(f"{URL}?agent={acme.bea.pk}&{DAYS}").text
    assert figure(page, "resolved") == "2"


def test_percentiles_are_the_same_in_older_versions_of_postgresql(
    history, administrator, monkeypatch
):
    """Those before 18 have no function that sorts an array."""
    names = [f"{name}_{each}" for name in ("resolution", "queue") for each in ("median", "p90")]

    def percentiles():
        return measure(filters(administrator).facts(), names, column="seconds", by=("member",))

    found = percentiles()
    assert len(found) > 1
    monkeypatch.setattr(measuring, "HAS_ARRAY_SORT", 10**9)
    assert percentiles() == found
