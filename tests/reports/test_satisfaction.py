"""Ratings, and the split by label and team, on a history with figures computed on paper."""

import re

import pytest

from inbox.actions.label import change_labels
from inbox.actions.sorting import set_team
from inbox.models import Conversation, Label
from reports.recording import rebuild, record_new_entries
from teams.actions.team import save_team
from teams.models import Workspace
from tests.reports.conftest import read_csv, read_page
from tests.reports.timeline import Timeline

URL = "/w/acme/reports/"
DAYS = "period=custom&from=2026-03-30&to=2026-04-02"
BEFORE = "period=custom&from=2026-04-03&to=2026-04-06"


@pytest.fixture
def rated(acme):
    """Bob is rated 5, 2 and 4 (75% would be of four), Bea 4; one rating has no agent any more.

    In the four days: 5, 2, 4, 4, 3, so three of five are good: 60%. Bob: two of three, 67%.
    """
    Workspace.objects.filter(pk=acme.workspace.pk).update(time_zone="Europe/Berlin")
    acme.workspace.refresh_from_db()
    zone = acme.workspace.zone

    def chat(day, agent, *ratings, name="Vera"):
        timeline = Timeline(acme.inbox, zone, name=name)
        timeline.contact_writes(f"{day} 09:00")
        for hour, (rating, comment) in enumerate(ratings, start=10):
            timeline.assigned(f"{day} {hour}:00", agent, by=agent)
            timeline.happens(f"{day} {hour}:10", "resolved", by=agent)
            timeline.happens(
                f"{day} {hour}:20",
                "rated",
                contact=name,
                rating=rating,
                comment=comment,
                agent=agent.name,
                agent_id=str(agent.pk) if name != "Zoe" else "gone",
            )
            timeline.happens(f"{day} {hour}:30", "reopened", contact=name)
        return timeline.conversation

    chats = [
        chat("2026-03-30", acme.bob, (5, "=Superb"), (2, "Not again")),
        chat("2026-03-31", acme.bob, (4, "")),
        chat("2026-04-01", acme.bea, (4, "Fine"), name="Max"),
        chat("2026-04-02", acme.bea, (3, ""), name="Zoe"),
    ]
    record_new_entries()
    return chats


def figure(page, name):
    [html] = re.findall(rf'<b id="figure-{name}">(.*?)</b>', page, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", html).strip()


def rows_of(client, name, query=DAYS):
    head, *rows = read_csv(client.get(f"{URL}table.csv?table={name}&{query}"))
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


def test_the_overview_has_satisfaction_only_if_there_is_any(acme, rated, sign_in):
    client = sign_in(acme.alice)
    page = client.get(f"{URL}?{DAYS}").text
    assert figure(page, "satisfaction") == "60%"
    assert "The share of Good and Great among all ratings" in page
    without = client.get(f"{URL}?period=custom&from=2026-05-01&to=2026-05-02").text
    assert "figure-satisfaction" not in without
    later = client.get(f"{URL}?{BEFORE}").text
    assert figure(later, "satisfaction") == "–"  # compared with the 60% before


def test_a_change_is_in_points(acme, rated, sign_in):
    page = sign_in(acme.alice).get(f"{URL}?period=custom&from=2026-04-01&to=2026-04-02").text
    assert figure(page, "satisfaction") == "50%"  # one of two, after two of three
    assert "−17 points" in page


def test_it_opens_the_ratings_with_their_comments(acme, rated, sign_in):
    client = sign_in(acme.alice)
    page = client.get(f"{URL}list/?figure=satisfaction&{DAYS}").text
    assert 'id="list-value">60%<' in page
    assert "These are the 5 it was computed from" in page
    assert re.findall(r"Rated: (\w+)", page) == ["OK", "Good", "Good", "Bad", "Great"]
    assert "Not again" in page
    assert "=Superb" in page
    bobs = client.get(f"{URL}list/?figure=satisfaction&agent={acme.bob.pk}&{DAYS}").text
    assert "These are the 3 it was computed from" in bobs
    assert 'id="list-value">67%<' in bobs


def test_every_split_has_it(acme, rated, sign_in):
    client = sign_in(acme.alice)
    agents = rows_of(client, "agents")
    shown = {name: (row["Satisfaction (%)"], row["Ratings"]) for name, row in agents.items()}
    assert shown == {"Bea": ("100", "1"), "Bob": ("67", "3")}
    [inbox] = rows_of(client, "inboxes").values()
    assert (inbox["Satisfaction (%)"], inbox["Ratings"]) == ("60", "5")
    days = rows_of(client, "days")
    assert [row["Satisfaction (%)"] for row in days.values()] == ["50", "100", "100", "0"]
    page = read_page(client, f"{URL}conversations/?{DAYS}")
    assert "Satisfaction" in page


def test_without_ratings_no_table_has_a_column_for_them(acme, rated, sign_in):
    client = sign_in(acme.alice)
    quiet = "period=custom&from=2026-05-01&to=2026-05-02"
    for name in ("agents", "inboxes", "days"):
        head, *_rows = read_csv(client.get(f"{URL}table.csv?table={name}&{quiet}"))
        assert "Satisfaction (%)" not in head
        assert "Ratings" not in head


def test_the_conversations_file_has_the_last_rating(acme, rated, sign_in):
    header, *rows = read_csv(sign_in(acme.alice).get(f"{URL}conversations.csv?{DAYS}"))
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["rating"], row["rating_comment"]) for row in found] == [
        ("2", "Not again"),
        ("4", ""),
        ("4", "Fine"),
        ("3", ""),
    ]


def test_a_comment_is_no_formula(acme, rated, sign_in):
    rated[0].messages.filter(seq__gt=5).delete()  # as if it had been rated once
    Conversation.objects.filter(pk=rated[0].pk).update(last_seq=5)
    rebuild(Conversation.objects.all())
    header, *rows = read_csv(sign_in(acme.alice).get(f"{URL}conversations.csv?{DAYS}"))
    assert dict(zip(header, rows[0], strict=True))["rating_comment"] == "'=Superb"


@pytest.fixture
def sorted_chats(acme, rated):
    """The first two have the label Billing, the second also Refund; the last is Sales' own."""
    billing = Label.objects.create(workspace=acme.workspace, name="Billing", colour=1)
    refund = Label.objects.create(workspace=acme.workspace, name="Refund", colour=2)
    change_labels(rated[0], add=[billing], by=acme.alice)
    change_labels(rated[1], add=[billing, refund], by=acme.alice)
    sales = save_team(acme.workspace, name="Sales", members=[], by=acme.alice)
    set_team(rated[3], team=sales, by=acme.alice)
    record_new_entries()
    return sales


def test_the_split_by_label(acme, sorted_chats, sign_in):
    client = sign_in(acme.alice)
    labels = rows_of(client, "labels")
    assert list(labels) == ["Billing", "Refund"]
    billing, refund = labels.values()
    assert (billing["New conversations"], refund["New conversations"]) == ("2", "1")
    assert (billing["Satisfaction (%)"], refund["Satisfaction (%)"]) == ("67", "100")
    assert (billing["Resolved"], billing["Ratings"]) == ("3", "3")


def test_the_split_by_team_of_the_conversation(acme, sorted_chats, sign_in):
    rows = rows_of(sign_in(acme.alice), "conversation-teams")
    assert {name: row["New conversations"] for name, row in rows.items()} == {"Sales": "1"}
    assert rows["Sales"]["Satisfaction (%)"] == "0"


def test_each_number_of_these_tables_opens_as_many(acme, sorted_chats, sign_in):
    client, checked = sign_in(acme.alice), 0
    for name in ("labels", "conversation-teams"):
        page = client.get(f"{URL}section/?section={name}&{DAYS}").text
        for url, text in re.findall(r'<a href="(/w/acme/reports/list/[^"]*)">([^<]+)</a>', page):
            found = client.get(url.replace("&amp;", "&")).text
            assert f'id="list-value">{text}<' in found, url
            if text.isdigit():
                assert found.count('<th scope="row">') == int(text)
            checked += 1
    assert checked > 12


def test_labels_and_teams_of_others_filter_nothing(acme, globex, sorted_chats, sign_in):
    other = Label.objects.create(workspace=globex.workspace, name="Theirs", colour=1)
    client = sign_in(acme.alice)
    page = client.get(f"{URL}conversations/?{DAYS}&label={other.pk}").text
    assert "Theirs" not in page
    everything = client.get(f"{URL}list/?figure=new&{DAYS}&label={other.pk}").text
    assert 'id="list-value">4<' in everything
    theirs = sign_in(globex.charlie).get(f"/w/globex/reports/conversations/?{DAYS}").text
    assert "Billing" not in theirs
    assert "Sales" not in theirs
