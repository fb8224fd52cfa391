"""The benchmarks use the product's names, so a renaming must not break them unnoticed."""

import importlib
import pkgutil
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.models import Count, Max, Q

import bench
from bench.history import fill
from inbox.conversation_list import ConversationFilters
from inbox.models import Conversation, Message
from messagehub.lib.text import preview
from teams.models import Membership

UNTIL = datetime(2026, 11, 1, 12, tzinfo=UTC)
SHOWN = 50


@pytest.mark.parametrize("name", [each.name for each in pkgutil.iter_modules(bench.__path__)])
def test_every_module_can_be_imported(name):
    importlib.import_module(f"bench.{name}")


@pytest.fixture
def history(db):
    """A history of 1,000 conversations; the schema is as before afterwards."""
    before = indexes_and_constraints()
    workspace = fill(1000, 10_000, until=UNTIL, members=60)
    assert indexes_and_constraints() == before
    return workspace


def indexes_and_constraints():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
        indexes = set(cursor.fetchall())
        cursor.execute("SELECT conrelid, conname, pg_get_constraintdef(oid) FROM pg_constraint")
        return indexes, set(cursor.fetchall())


def test_a_history_has_the_wanted_size_and_shape(history):
    conversations = history.conversations
    statuses = dict(conversations.order_by().values_list("status").annotate(Count("pk")))
    history.refresh_from_db()
    assert sum(statuses.values()) == history.last_number == 1000
    assert Message.objects.filter(workspace=history).count() == 10_000
    assert 20 < statuses["open"] < 500
    assert 0 < statuses["snoozed"] < 100
    assert conversations.aggregate(n=Max("last_seq"))["n"] == 100  # one is long
    assert 5 < conversations.open().unassigned().count() < statuses["open"] / 2
    assert conversations.earliest("created_at").created_at.year == 2023
    assert conversations.filter(last_activity_at__gt=UNTIL).count() == 0


def test_a_history_is_stored_as_the_product_would_have(history):
    for conversation in history.conversations.order_by("number")[:: 1000 // SHOWN]:
        entries = list(conversation.messages.order_by("seq"))
        assert [entry.seq for entry in entries] == list(range(1, conversation.last_seq + 1))
        assert entries == sorted(entries, key=lambda entry: entry.created_at)
        assert entries[0].created_at == conversation.created_at
        spoken = [entry for entry in entries if entry.kind != Message.Kind.ACTIVITY]
        assert conversation.preview == preview(spoken[-1].body)
        assert conversation.preview_kind == spoken[-1].kind
        assert conversation.last_activity_at == spoken[-1].created_at
        assert conversation.waiting_since == waiting_since(conversation, spoken)
        assert all(entry.text for entry in entries if entry.kind == Message.Kind.ACTIVITY)


def waiting_since(conversation, spoken):
    """Return when the contact began to wait: with the first message after the last reply."""
    since = None
    for entry in spoken if conversation.is_open else []:
        if entry.kind == Message.Kind.REPLY:
            since = None
        elif entry.kind == Message.Kind.CONTACT:
            since = since or entry.created_at
    return since


def test_a_contact_of_a_history_has_one_unresolved_conversation_and_it_is_the_latest(history):
    latest = history.conversations.values("contact").annotate(number=Max("number"))
    unresolved = Q(pk__in=history.conversations.unresolved())
    assert (
        history.conversations.exclude(number__in=latest.values("number")).filter(unresolved).count()
        == 0
    )
    assert history.contacts.count() == 100


def test_every_list_of_a_history_has_rows(history):
    administrator = Membership.objects.get(workspace=history, user__email="admin@history.example")
    for view in ("unassigned", "all"):
        filters = ConversationFilters(view=view, status="open", inbox=None)
        assert filters.get_page(administrator)
    agents = history.memberships.exclude(pk=administrator.pk)
    mine = Conversation.objects.open().filter(assignee__in=agents)
    assert mine.values("assignee").distinct().count() > 20


def test_the_same_arguments_make_the_same_history(db):
    pictures = []
    for _ in range(2):
        with transaction.atomic():
            workspace = fill(200, 2000, until=UNTIL, members=20)
            rows = workspace.conversations.order_by("number")
            pictures.append(list(rows.values_list("pk", "status", "preview", "waiting_since")))
            transaction.set_rollback(True)
    assert pictures[0] == pictures[1]


def test_too_few_messages_are_refused(db):
    with pytest.raises(ValueError, match="at least 10"):
        fill(100, 500, until=UNTIL)
