"""The lists show each conversation once and in order, and read only what they show."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.db.models import Q

from inbox import conversation_list
from inbox.actions.inbox import add_inbox_member, create_inbox
from inbox.conversation_filters import STATUSES, VIEWS, ConversationFilters
from inbox.conversation_list import ConversationList
from inbox.desk_counts import count_open
from inbox.list_order import ORDERS
from inbox.models import Conversation
from teams.actions.role import save_role
from teams.models import Membership
from tests.inbox.listed import new_conversation, store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def inboxes(acme):
    """Acme's inbox and two more. Bea answers the first two, Bob only the first."""
    second = create_inbox(acme.workspace, name="Second", members=[])
    add_inbox_member(second, membership=acme.bea)
    return [acme.inbox, second, create_inbox(acme.workspace, name="Third", members=[])]


@pytest.fixture
def restricted(acme):
    """Bea, who sees only her own and unassigned conversations."""
    role = save_role(acme.workspace, name="Narrow", permissions=["answer"], by=acme.alice)
    Membership.objects.filter(pk=acme.bea.pk).update(role=role)
    return Membership.objects.with_related().get(pk=acme.bea.pk)


@pytest.fixture
def history(acme, inboxes):
    """Each inbox, status and assignee four times, three of them with equal times."""
    moments = [NOON + timedelta(minutes=minutes) for minutes in (0, 0, 0, 1)]
    found = [
        new_conversation(inbox, status, assignee, last_activity_at=at)
        for inbox, status, assignee, at in product(
            inboxes, STATUSES, (None, acme.bob, acme.bea), moments
        )
    ]
    store(*found)
    return Conversation.objects.filter(workspace=acme.workspace)


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


def expected_numbers(history, filters, membership):
    found = history.visible_to(membership).filter(status=filters.status)
    if filters.inbox:
        found = found.filter(inbox=filters.inbox)
    if filters.view != "all":
        found = found.filter(assignee=membership if filters.view == "mine" else None)
    return list(
        found.order_by("-last_activity_at", "-number").values_list("number", flat=True).distinct()
    )


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "mentions"])
@pytest.mark.parametrize("who", ["administrator", "agent", "restricted"])
def test_pages_show_each_conversation_once_and_in_order(
    acme, globex, inboxes, history, request, monkeypatch, view, who
):
    foreign = globex.charlie.workspace.inboxes.get()
    store(new_conversation(foreign, "open", last_activity_at=NOON))
    monkeypatch.setattr(conversation_list, "PAGE_SIZE", 4)
    people = {"administrator": acme.alice, "agent": acme.bea}
    membership = people.get(who) or request.getfixturevalue("restricted")
    sizes = Counter()
    for status in STATUSES:
        for inbox in (None, *(inbox.pk for inbox in inboxes)):
            filters = ConversationFilters(view, status, inbox)
            numbers = read_pages(filters, membership)
            assert numbers == expected_numbers(history, filters, membership)
            sizes[len(numbers)] += 1
    assert max(sizes) > 4 or (who, view) == ("administrator", "mine")


def test_links_lead_through_equal_times(acme, inboxes, history, sign_in, monkeypatch):
    monkeypatch.setattr(conversation_list, "PAGE_SIZE", 5)
    monkeypatch.setattr("inbox.views.desk.PAGE_SIZE", 5)
    client, seen = sign_in(acme.alice), []
    path = "/w/acme/conversations/rows/?view=all"
    while path:
        page = client.get(path)
        seen += [row.number for row in page.context["rows"]]
        before = page.context["next_before"].replace("+", "%2B")
        path = before and f"/w/acme/conversations/rows/?view=all&before={before}"
        assert not path or f"before={before.replace('/', '%2F').replace(':', '%3A')}" in page.text
    assert seen == list(history.open().latest_first().values_list("number", flat=True))


@pytest.mark.parametrize("before", ["x", "/", "2026-03-01", "2026-03-01T12:00/x", "9999-99/1"])
def test_an_unknown_position_is_the_beginning(acme, history, sign_in, before):
    client = sign_in(acme.alice)
    pages = [
        client.get("/w/acme/conversations/rows/", {"view": "all", "before": each}).context["rows"]
        for each in ("", before)
    ]
    assert pages[0] == pages[1] != []


def explain(queryset):
    """Return the plan when PostgreSQL uses indexes wherever it can, as in a large table."""
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    return queryset.explain()


def drop_other_indexes(kept):
    """Leave the conversations this index and the keys' ones, until the test's rollback."""
    table = Conversation._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT one_number_per_workspace")
        cursor.execute(
            "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = %s::regclass"
            " AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)"
            " AND indexrelid <> %s::regclass",
            [table, kept],
        )
        for [name] in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")


@pytest.mark.parametrize("who", ["anyone", "a member", "no one"])
def test_each_list_of_an_inbox_is_read_in_order_from_an_index(acme, who):
    which = {"anyone": Q(), "a member": Q(assignee=acme.bob), "no one": Q(assignee=None)}[who]
    rows = Conversation.objects.filter(which, inbox=acme.inbox, status="resolved")
    plan = explain(rows.latest_first().values("number")[:51])
    assert "Index Only Scan using conversation_list" in plan
    assert "Sort" not in plan
    assert "Filter" not in plan


def test_open_conversations_are_counted_from_an_index(acme, history, django_assert_num_queries):
    with django_assert_num_queries(1):
        by_view, by_inbox = count_open(acme.bea)
    assert by_view == {"mine": 8, "unassigned": 8, "all": 24}
    assert set(by_inbox.values()) == {12}
    assert len(by_inbox) == 2
    drop_other_indexes("conversation_open")  # of two that cost about the same either may be chosen
    plan = explain(Conversation.objects.filter(workspace=acme.workspace).open().values("assignee"))
    assert "Index Only Scan using conversation_open" in plan


def test_counts_are_zero_without_conversations(acme):
    assert count_open(acme.bob) == ({"mine": 0, "unassigned": 0, "all": 0}, {})


def test_a_list_of_a_restricted_member_leaves_out_the_others(acme, history, restricted):
    numbers = read_pages(ConversationFilters("all", "open", None), restricted)
    shown = {each.assignee_id for each in history.filter(number__in=numbers)}
    assert shown == {None, restricted.pk}


def test_rows_share_the_people_and_inboxes_that_are_loaded(
    acme, history, django_assert_num_queries
):
    filters = ConversationFilters("all", "open", None)
    inboxes = list(acme.workspace.inboxes.all())
    members = list(acme.workspace.memberships.select_related("user"))
    with django_assert_num_queries(1):
        rows = ConversationList(filters, acme.alice).get_page(inboxes=inboxes, members=members)
        shown = {(row.inbox.name, row.assignee and row.assignee.name) for row in rows}
    with django_assert_num_queries(3):  # the rows, their inboxes, and assignees with users
        rows = ConversationList(filters, acme.alice).get_page()
        assert {(row.inbox.name, row.assignee and row.assignee.name) for row in rows} == shown
    assert {name for _inbox, name in shown} == {None, "Bob", "Bea"}
