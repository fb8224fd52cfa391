"""The pages: filters in the URL, empty states, the comparison with the period before."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from reports.figures import FIGURES
from reports.filters import Filters
from reports.models import Fact
from reports.recording import record_new_entries
from reports.sections import SECTIONS
from reports.views import lists
from teams.models import Team, TeamMember
from tests.reports.conftest import read_csv, read_page

URL = "/w/acme/reports/"
PAGES = ["", "conversations/", "agents/", "routing/", "inboxes/"]


@pytest.mark.parametrize("page", PAGES)
def test_before_the_first_conversation_the_page_says_what_will_be_here(page, acme, sign_in):
    shown = sign_in(acme.alice).get(URL + page).text
    assert "No figures yet" in shown
    assert "The first report is being prepared" in shown
    record_new_entries()
    assert "As of" in sign_in(acme.alice).get(URL + page).text


@pytest.mark.parametrize("page", PAGES)
def test_a_period_without_anything_shows_noughts_and_gaps(page, acme, vera, sign_in):
    vera.writes()
    record_new_entries()
    query = "period=custom&from=2020-02-01&to=2020-02-03&clock=open"
    shown = read_page(sign_in(acme.alice), f"{URL}{page}?{query}")
    assert "No figures yet" not in shown
    assert "None" not in shown


def test_links_keep_the_filters(history, acme, sign_in):
    query = "period=custom&from=2026-03-27&to=2026-03-30&clock=open&compare=none"
    page = sign_in(acme.alice).get(f"{URL}?{query}&agent={acme.bob.pk}").text
    [link] = re.findall(r'href="(/w/acme/reports/conversations/\?[^"]*)"', page)
    for part in ("from=2026-03-27", "to=2026-03-30", "clock=open", "compare=none"):
        assert part in link
    assert f"agent={acme.bob.pk}" in link
    assert "before:" not in page


@pytest.mark.parametrize(
    "query",
    [
        "period=nonsense&clock=x&compare=x&figure=x&page=x&table=x",
        "period=custom&from=0001-01-01&to=9999-12-31",
        "period=custom&from=2026-02-30&to=x",
        "period=custom&from=2026-03-30&to=2026-03-27",
        "period=custom&from=2001-01-01&to=2026-03-27",
        "period=custom&inbox=&team=&agent=&rule=x,y&page=99999",
        "period=%00&agent=%00&page=-1&weekday=7&hour=24&weekday=²",
        "weekday=9999999999&hour=-1",
    ],
)
def test_unknown_values_fall_back_to_defaults(query, history, acme, sign_in):
    client = sign_in(acme.alice)
    for page in [*PAGES, "now/", "section/", "list/", "table.csv", "conversations.csv"]:
        answer = client.get(f"{URL}{page}?{query}")
        assert answer.status_code == 200
        assert answer.getvalue()


def test_the_change_against_the_period_before(acme, vera, new_visitor, sign_in):
    for visitor in (vera, new_visitor(acme.inbox), new_visitor(acme.inbox)):
        visitor.writes()
    record_new_entries()
    now = timezone.now()
    first, second, third = Fact.objects.filter(kind="new").order_by("pk")
    for fact, days in ((first, 1), (second, 1), (third, 8)):
        Fact.objects.filter(pk=fact.pk).update(at=now - timedelta(days=days))
    page = sign_in(acme.alice).get(URL).text
    assert "+100%" in page
    assert "before: 1" in re.sub(r"\s+", " ", page)


def test_a_team_is_its_members(history, acme, sign_in):
    team = Team.objects.create(workspace=acme.workspace, name="Sales")
    TeamMember.objects.create(workspace=acme.workspace, team=team, membership=acme.bob)
    query = "period=custom&from=2026-03-27&to=2026-03-30"
    client = sign_in(acme.alice)
    rows = read_csv(client.get(f"{URL}table.csv?table=teams&{query}"))
    assert rows[1][:3] == ["Sales", "2", "1"]
    rows = read_csv(client.get(f"{URL}table.csv?table=agent-work&{query}&team={team.pk}"))
    assert [row[0] for row in rows[1:]] == ["Bob"]


def test_cells_of_a_table_are_no_formulas(acme, vera, sign_in):
    acme.bob.user.name = "=cmd()"
    acme.bob.user.save()
    rows = read_csv(sign_in(acme.alice).get(f"{URL}table.csv?table=agents"))
    assert "'=cmd()" in [row[0] for row in rows]


def test_a_page_or_section_takes_few_queries(history, acme, sign_in, django_assert_max_num_queries):
    client = sign_in(acme.alice)
    paths = [*(f"{page}?" for page in PAGES), "list/?"]
    paths += [f"section/?section={name}&" for name in SECTIONS]
    for path in paths:
        with django_assert_max_num_queries(30):
            client.get(f"{URL}{path}period=custom&from=2026-03-27&to=2026-03-30")


@pytest.mark.parametrize("name", ["new", "replies", "handled", "resolution_p90", "decisions"])
def test_the_pages_of_a_list_show_each_fact_once_in_order(
    name, history, acme, sign_in, monkeypatch
):
    monkeypatch.setattr(lists, "PAGE_SIZE", 1)
    figure, client, shown, page = FIGURES[name], sign_in(acme.alice), [], 1
    while page:
        query = f"period=custom&from=2026-03-01&to=2026-04-30&figure={name}&page={page}"
        context = client.get(f"{URL}list/?{query}").context
        shown += context["rows"]
        page = context["next_page"]
    facts = figure.select(Fact.objects.filter(workspace=acme.workspace)).order_by("-at")
    expected = {(fact.conversation_id, fact.seq): fact for fact in facts}
    if name == "handled":
        expected = {fact.conversation_id: fact for fact in reversed(facts)}
    assert len(shown) == len(expected) == context["count"] > 1
    assert {fact.pk for fact in shown} == {fact.pk for fact in expected.values()}
    keys = [fact.seconds if figure.is_duration else fact.at for fact in shown]
    assert keys == sorted(keys, reverse=True)


def test_a_fact_that_is_deleted_while_its_list_is_read_is_left_out(history, acme):
    filters = Filters(acme.alice, {})
    facts = list(Fact.objects.filter(workspace=acme.workspace, kind="new").order_by("-at"))
    keys = [(fact.conversation_id, fact.kind, fact.at) for fact in facts]
    facts[0].delete()
    assert lists.load_facts(filters, keys) == facts[1:] != []
