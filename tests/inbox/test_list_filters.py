"""Filters and orders of the desk's lists: what they show, page by page, and who sees it."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.db import connection
from django.http import QueryDict

from inbox import conversation_list
from inbox.actions.contact import set_owner
from inbox.actions.inbox import add_inbox_member, create_inbox
from inbox.actions.label import save_label
from inbox.conversation_filters import NO_ORDER, NONE, STATUSES, ConversationFilters
from inbox.conversation_list import ConversationList
from inbox.list_order import ORDERS
from inbox.models import Conversation, ConversationLabel, Label, SavedView
from inbox.sidebar import count_views
from teams.actions.role import save_role
from teams.actions.team import save_team
from teams.models import Membership
from tests.budget import share_of_product
from tests.conftest import COMMITS
from tests.inbox.listed import new_conversation, store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DESK = "/w/acme/conversations/"
LISTING = {"HX-Request": "true", "HX-Target": "div#listing"}  # what a click on a view asks for


@pytest.fixture
def inboxes(acme):
    """Acme's inbox and a second one, which Bob answers too."""
    second = create_inbox(acme.workspace, name="Second", members=[])
    add_inbox_member(second, membership=acme.bob)
    return [acme.inbox, second]


@pytest.fixture
def restricted(acme):
    """Bob, who sees only his own and unassigned conversations."""
    role = save_role(acme.workspace, name="Narrow", permissions=["answer"], by=acme.alice)
    Membership.objects.filter(pk=acme.bob.pk).update(role=role)
    return Membership.objects.with_related().get(pk=acme.bob.pk)


@pytest.fixture
def history(acme, inboxes):
    """Every inbox, status, assignee and owner, waiting and answered, some with equal times."""
    people, found = (None, acme.bob, acme.bea), []
    for turn, (inbox, status, assignee, owner) in enumerate(
        product(inboxes, STATUSES, people, people[:2])
    ):
        for minutes in (0, 0, 7):
            at = NOON + timedelta(minutes=minutes + turn * 11 % 5)
            is_waiting = status != "resolved" and turn % 2 == 0
            times = {"last_activity_at": at, "waiting_since": at if is_waiting else None}
            found.append(new_conversation(inbox, status, assignee, owner, **times))
    store(*found)
    return Conversation.objects.filter(workspace=acme.workspace).select_related("contact")


def create(inbox, status):
    [conversation] = store(new_conversation(inbox, status, last_activity_at=NOON))
    return conversation


def read_pages(filters, membership):
    """Return the numbers on all pages, following the links as a browser does."""
    numbers, before = [], ""
    while True:
        rows = ConversationList(filters, membership).get_page(before)
        shown = rows[: conversation_list.PAGE_SIZE]
        numbers += [row.number for row in shown]
        if len(rows) == len(shown):
            return numbers
        before = ORDERS[filters.order].position_of(shown[-1])


KEYS = {
    "latest": lambda each: (-each.last_activity_at.timestamp(), -each.number),
    "waiting": lambda each: (
        each.waiting_since.timestamp() if each.waiting_since else float("inf"),
        each.number,
    ),
    "newest": lambda each: -each.number,
    "oldest": lambda each: each.number,
}


def expected_numbers(seen, filters, membership):
    def is_shown(each):
        owner = None if filters.owner == NONE else filters.owner
        return (
            each.status == filters.status
            and (not filters.inbox or each.inbox_id == filters.inbox)
            and (not filters.assignee or each.assignee_id == filters.assignee)
            and (not filters.owner or each.contact.owner_id == owner)
            and (filters.view != "mine" or each.assignee_id == membership.pk)
            and (filters.view != "unassigned" or each.assignee_id is None)
        )

    return [each.number for each in sorted(filter(is_shown, seen), key=KEYS[filters.order])]


@pytest.mark.parametrize("who", ["everything", "restricted"])
@pytest.mark.parametrize("order", ORDERS)
def test_pages_show_what_the_filters_let_through_in_order(
    acme, globex, inboxes, history, request, monkeypatch, order, who
):
    create(globex.charlie.workspace.inboxes.get(), "open")
    monkeypatch.setattr(conversation_list, "PAGE_SIZE", 11)
    membership = request.getfixturevalue("restricted") if who == "restricted" else acme.bob
    seen = {each.pk: each for each in history.visible_to(membership)}.values()
    longest = 0
    filtered = share_of_product(
        ("mine", "unassigned", "all"),
        ("open", "resolved"),
        (None, inboxes[1].pk),
        (None, acme.bob.pk, NONE),
        (None, acme.bea.pk),
        share=list(ORDERS).index(order),
    )
    for view, status, inbox, owner, assignee in [("all", "open", None, None, None), *filtered]:
        values = {"view": view, "status": status, "inbox": inbox, "owner": owner}
        values |= {"assignee": assignee, "order": order}
        filters = ConversationFilters.from_query({k: str(v) for k, v in values.items() if v})
        numbers = read_pages(filters, membership)
        assert numbers == expected_numbers(seen, filters, membership)
        longest = max(longest, len(numbers))
    assert longest > 22


def test_the_query_says_all_and_nothing_more(acme):
    query = f"view=all&status=open&inbox={acme.inbox.pk}&assignee={acme.bob.pk}&owner=none"
    filters = ConversationFilters.from_query(QueryDict(query + "&order=oldest&owner=none&x=1"))
    assert filters.query == query + "&order=oldest"
    assert ConversationFilters.from_query(QueryDict(filters.query)) == filters
    assert filters.unfiltered_query == "view=all&status=open&order=oldest"
    assert filters.query_with(owner="", order="") == query.removesuffix("&owner=none")
    default = ConversationFilters.from_query(QueryDict("inbox=x&owner=&order=up&assignee=1"))
    assert default.query == "view=mine&status=open"
    assert ConversationFilters.from_query(QueryDict("status=resolved&order=waiting")).order == (
        "latest"
    )


def count_prepared_calls(*texts):
    """Count for each text how often a prepared statement that contains it has run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements")
        calls = cursor.fetchall()
    return [sum(count for statement, count in calls if text in statement) for text in texts]


class TestSorting:
    """Labels, the team and the priority filter the list, and none of them is a choice, too."""

    @pytest.fixture
    def sales(self, acme):
        return save_team(acme.workspace, name="Sales", members=[], by=acme.alice)

    @pytest.fixture
    def labels(self, acme):
        return [
            save_label(acme.workspace, name=name, colour=1, by=acme.alice) for name in ("A", "B")
        ]

    @pytest.fixture
    def sorted_history(self, acme, history, labels, sales):
        found = list(history.order_by("number"))
        for turn, conversation in enumerate(found):
            conversation.priority = (0, 0, 4, 1)[turn % 4]
            conversation.team = (None, sales, None)[turn % 3]
            conversation.label_ids = [label.pk for label in labels[: turn % 3]]
        Conversation.objects.bulk_update(found, ["priority", "team", "label_ids"])
        ConversationLabel.objects.bulk_create(
            ConversationLabel(workspace=acme.workspace, conversation=each, label_id=label)
            for each in found
            for label in each.label_ids
        )
        return history

    @pytest.mark.parametrize("order", ["latest", "oldest"])
    @pytest.mark.parametrize("who", ["everything", "restricted"])
    def test_the_list_and_its_count_agree(
        self, acme, sorted_history, labels, sales, request, monkeypatch, order, who
    ):
        monkeypatch.setattr(conversation_list, "PAGE_SIZE", 11)
        membership = request.getfixturevalue("restricted") if who == "restricted" else acme.bob
        seen = sorted_history.visible_to(membership).prefetch_related("conversation_labels")
        seen = list(seen.distinct())
        tests = {
            ("team", str(sales.pk)): lambda each: each.team == sales,
            ("team", NONE): lambda each: each.team is None,
            ("label", str(labels[1].pk)): lambda each: labels[1].pk in each.label_ids,
            ("label", NONE): lambda each: not each.label_ids,
            ("priority", "4"): lambda each: each.priority == 4,
            ("priority", NONE): lambda each: each.priority == 0,
        }
        for (name, value), is_wanted in tests.items():
            for view, status in product(("unassigned", "all"), ("open", "resolved")):
                query = {"view": view, "status": status, "order": order, name: value}
                filters = ConversationFilters.from_query(query)
                expected = [
                    each
                    for each in seen
                    if is_wanted(each)
                    and each.status == status
                    and (view == "all" or each.assignee_id is None)
                ]
                expected = [each.number for each in sorted(expected, key=KEYS[order])]
                assert expected, query
                assert read_pages(filters, membership) == expected
                assert len(ConversationList(filters, membership).find_ids(1_000)) == len(expected)
                assert filters == ConversationFilters.from_query(QueryDict(filters.query))
                if status == "open":
                    view_row = SavedView(pk=uuid4(), query=filters.query)
                    [count] = count_views(membership, [view_row]).values()
                    assert count == len(expected)

    @pytest.mark.parametrize("view", ["mine", "unassigned", "all"])
    @pytest.mark.parametrize("who", ["everything", "restricted"])
    def test_several_filters_leave_what_all_of_them_let_through(
        self, acme, inboxes, sorted_history, labels, sales, request, who, view
    ):
        membership = request.getfixturevalue("restricted") if who == "restricted" else acme.bob
        seen = {each.pk: each for each in sorted_history.visible_to(membership)}.values()
        found = 0
        for status, label, team, priority, inbox, order in share_of_product(
            ("open", "resolved"),
            (None, *labels),
            (None, sales),
            (None, 4),
            (None, inboxes[1]),
            KEYS,
            share=("mine", "unassigned", "all").index(view),
        ):
            if (order, status) == NO_ORDER:
                continue
            values = {"view": view, "status": status, "order": order, "priority": priority}
            values |= {"label": label and label.pk, "team": team and team.pk}
            values["inbox"] = inbox and inbox.pk
            filters = ConversationFilters.from_query({k: str(v) for k, v in values.items() if v})
            expected = [
                each
                for each in seen
                if each.status == status
                and (view == "all" or each.assignee_id == (acme.bob.pk if view == "mine" else None))
                and (not label or label.pk in each.label_ids)
                and (not team or each.team_id == team.pk)
                and (not priority or each.priority == priority)
                and (not inbox or each.inbox_id == inbox.pk)
            ]
            expected = [each.number for each in sorted(expected, key=KEYS[order])]
            assert read_pages(filters, membership) == expected, values
            found += bool(expected and label and team)
        assert found

    def test_a_deleted_label_finds_nothing(self, acme, sorted_history, labels):
        filters = ConversationFilters.from_query(
            {"view": "all", "status": "resolved", "label": str(labels[0].pk), "priority": "4"}
        )
        assert ConversationList(filters, acme.bob).get_page()
        Label.objects.filter(pk=labels[0].pk).delete()
        assert sorted_history.filter(label_ids__contains=[labels[0].pk]).exists()
        assert not ConversationList(filters, acme.bob).get_page()

    def test_a_filtered_list_is_planned_for_its_values(self, acme, sorted_history, labels):
        label = {"status": "resolved", "label": str(labels[0].pk)}
        before = count_prepared_calls("inbox_filter_keys(", "inbox_conversation")
        for _ in range(5):
            for query in ({}, label):
                filters = ConversationFilters.from_query({"view": "all"} | query)
                assert ConversationList(filters, acme.bob).get_page()
        filtered, any_list = count_prepared_calls("inbox_filter_keys(", "inbox_conversation")
        assert filtered == before[0]
        assert any_list > before[1]

    @pytest.mark.parametrize("who", ["administrator", "agent", "restricted"])
    def test_a_page_takes_ten_statements_at_most_and_a_list_with_the_views_twelve(
        self,
        acme,
        sorted_history,
        labels,
        sales,
        sign_in,
        request,
        django_assert_max_num_queries,
        who,
    ):
        people = {"administrator": acme.alice, "agent": acme.bea}
        client = sign_in(people.get(who) or request.getfixturevalue("restricted"))
        label = f"label={labels[0].pk}"
        for query in (
            "",
            label,
            f"team={sales.pk}",
            "priority=4",
            f"{label}&team={sales.pk}",
            f"{label}&team=none",
            "owner=none",
        ):
            for status in ("open", "resolved"):
                url = f"?view=all&status={status}&{query}"
                with django_assert_max_num_queries(10):
                    page = client.get(f"{DESK}rows/{url}")
                assert page.context["rows"]
                with django_assert_max_num_queries(12):
                    client.get(f"{DESK}{url}", headers=LISTING)

    def test_the_form_and_chips_name_them(self, acme, globex, labels, sales, sign_in):
        foreign = save_label(globex.workspace, name="Theirs", colour=0, by=globex.charlie)
        client = sign_in(acme.bob)
        form = client.get(f"{DESK}filters/?label={labels[0].pk}&priority=4").text
        assert f'<option value="{labels[0].pk}" selected>A</option>' in form
        assert '<option value="4" selected>Urgent</option>' in form
        assert "Sales" in form
        assert "Theirs" not in form
        query = f"team={sales.pk}&label={foreign.pk}&priority=none"
        chips = client.get(f"{DESK}?view=all&{query}").context["chips"]
        assert [chip.text for chip in chips] == [
            "Team: Sales",
            "Label: not available",
            "Priority: No priority",
        ]
        for nonsense in ("priority=9", "priority=x", "priority=0", "label=x", "team=1"):
            assert not client.get(f"{DESK}?view=all&{nonsense}").context["filters"].chosen


def test_an_agent_filter_is_about_all_conversations(acme):
    """A link to a colleague's conversations must not lead to the member's own."""
    query = QueryDict(f"view=mine&assignee={acme.bea.pk}")
    assert ConversationFilters.from_query(query).view == "all"


def test_the_form_offers_what_the_member_may_see(acme, globex, inboxes, sign_in):
    add_inbox_member(inboxes[1], membership=acme.bea)
    create_inbox(acme.workspace, name="Board only", members=[])
    client = sign_in(acme.bea)
    page = client.get(f"{DESK}filters/?view=all&order=oldest&owner={acme.bob.pk}&secret=1")
    form = client.get(f"{DESK}filters/", headers={"HX-Request": "true"})
    assert "<html" in page.text
    assert "<html" not in form.text
    assert f'<option value="{acme.bob.pk}" selected>Bob</option>' in page.text
    assert '<option value="oldest" selected>' in page.text
    assert '<input type="hidden" name="view" value="all">' in page.text
    for text in (page.text, form.text):
        assert "Second" in text
        assert "Board only" not in text
        assert "Charlie" not in text
        assert "secret" not in text


def test_a_single_inbox_is_no_choice(acme, sign_in):
    assert 'name="inbox"' not in sign_in(acme.bob).get(f"{DESK}filters/").text


def test_chips_name_the_filters_and_lead_to_the_list_without_them(acme, inboxes, sign_in):
    client = sign_in(acme.bea)
    query = f"view=all&status=open&inbox={acme.inbox.pk}&owner={acme.bob.pk}&order=oldest"
    page = client.get(f"{DESK}?{query}")
    assert [chip.text for chip in page.context["chips"]] == [
        f"Inbox: {acme.inbox.name}",
        "Owner: Bob",
        "Order: Oldest",
    ]
    assert page.context["chips"][1].query == query.replace(f"&owner={acme.bob.pk}", "")
    assert "No conversations match the filters" in page.text
    assert f'href="{DESK}?view=all&amp;status=open&amp;order=oldest"' in page.text
    assert f'href="{DESK}?{query.replace("open", "snoozed").replace("&", "&amp;")}"' in page.text
    # The title names an inbox that is chosen alone.
    page = client.get(f"{DESK}?view=all&inbox={acme.inbox.pk}")
    assert page.context["chips"] == []
    assert "No open conversations" in page.text


def test_a_chip_names_nothing_that_the_member_may_not_see(acme, globex, inboxes, sign_in):
    client = sign_in(acme.bea)
    hidden = f"inbox={inboxes[1].pk}"
    for query in (hidden, f"{hidden}&order=newest", f"owner={globex.charlie.pk}"):
        page = client.get(f"{DESK}?view=all&{query}")
        assert "not available" in page.context["chips"][0].text
        assert "Second" not in page.text
        assert "Charlie" not in page.text


@pytest.mark.parametrize("order", ORDERS)
def test_links_to_the_next_page_keep_filters_and_order(acme, history, sign_in, monkeypatch, order):
    monkeypatch.setattr(conversation_list, "PAGE_SIZE", 4)
    monkeypatch.setattr("inbox.views.desk.PAGE_SIZE", 4)
    client = sign_in(acme.bob)
    query = f"view=all&owner={acme.bob.pk}&order={order}"
    page = client.get(f"{DESK}rows/?{query}")
    following = page.context["next_before"]
    link = f"{page.context['filters'].query}&before={following}"
    assert f"order={order}" in link or order == "latest"
    second = client.get(f"{DESK}rows/", dict(QueryDict(query).items()) | {"before": following})
    seen = [row.number for each in (page, second) for row in each.context["rows"]]
    assert len(seen) == len(set(seen)) == 8


def test_a_filtered_list_takes_as_many_queries(
    acme, history, sign_in, django_assert_max_num_queries
):
    client = sign_in(acme.bob)
    with django_assert_max_num_queries(12):
        page = client.get(f"{DESK}?view=all&owner={acme.bob.pk}&order=waiting")
    assert page.context["rows"]


@COMMITS
def test_a_new_owner_updates_the_rows_of_resolved_conversations(acme, live_events):
    resolved = create(acme.inbox, "resolved")
    set_owner(resolved.contact, owner=acme.bea, by=acme.alice)
    [(event, data)] = live_events.on(acme.inbox.live_channel)
    assert (event, data["number"], data["previous"]) == ("row", resolved.number, resolved.list_key)
    assert f'data-owner="{acme.bea.pk}"' in data["html"]
