"""The benchmarks use the product's names, so a renaming must not break them unnoticed."""

import importlib
import pkgutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Count, Max, Q

import bench
from bench import browser, cost, figures, pages, people, plot, reports
from bench.__main__ import PARTS, routing_figures
from bench.history import fill
from inbox.actions.message import post_contact_message
from inbox.conversation_filters import ConversationFilters
from inbox.conversation_list import ConversationList
from inbox.models import Conversation, ConversationLabel, Inbox, Message
from messagehub.lib.text import preview
from reports.models import Fact
from reports.recording import rebuild
from teams.models import Membership, Workspace
from tests.conftest import COMMITS, goes_online

UNTIL = datetime(2026, 11, 1, 12, tzinfo=UTC)
SHOWN = 50


@pytest.mark.parametrize("name", [each.name for each in pkgutil.iter_modules(bench.__path__)])
def test_every_module_can_be_imported(name):
    importlib.import_module(f"bench.{name}")


def make_history():
    """Make a history of 1,000 conversations; the schema is as before afterwards."""
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


def waiting_since(conversation, spoken):
    """Return when the contact began to wait: with the first message after the last reply."""
    since = None
    for entry in spoken if conversation.is_open else []:
        if entry.kind == Message.Kind.REPLY:
            since = None
        elif entry.kind == Message.Kind.CONTACT:
            since = since or entry.created_at
    return since


class TestHistory:
    """The tests share one history, and what they change is rolled back after each."""

    @pytest.fixture(scope="class")
    @classmethod
    def made(cls, django_db_setup, django_db_blocker):
        with django_db_blocker.unblock(), transaction.atomic():
            yield make_history()
            transaction.set_rollback(True)

    @pytest.fixture
    def history(self, made, db):
        return Workspace.objects.get(pk=made.pk)

    def test_a_history_has_the_wanted_size_and_shape(self, history):
        conversations = history.conversations
        statuses = dict(conversations.order_by().values_list("status").annotate(Count("pk")))
        history.refresh_from_db()
        assert sum(statuses.values()) == history.last_number == 1000
        assert Message.objects.filter(workspace=history).count() == 10_000
        assert 20 < statuses["open"] < 500
        assert 0 < statuses["snoozed"] < 100
        assert conversations.filter(last_seq=100).count() == 2  # some are long
        assert conversations.aggregate(n=Max("last_seq"))["n"] == 100
        assert 5 < conversations.open().unassigned().count() < statuses["open"] / 2
        assert conversations.earliest("created_at").created_at.year == 2023
        assert conversations.filter(last_activity_at__gt=UNTIL).count() == 0

    def test_a_history_is_stored_as_the_product_would_have(self, history):
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

    def test_the_facts_of_a_history_are_those_that_reports_record(self, history):
        columns = [each.attname for each in Fact._meta.concrete_fields if not each.primary_key]
        before = sorted(Fact.objects.values_list(*columns), key=str)
        assert {"new", "assigned", "queued", "first_reply", "resolved", "rated_5"} < {
            each.kind for each in Fact.objects.all()
        }
        assert any(each.team_id and each.label_ids for each in Fact.objects.all())
        rebuild(history.conversations.all())
        assert sorted(Fact.objects.values_list(*columns), key=str) == before

    def test_a_history_is_sorted_by_labels_teams_and_priority(self, history):
        conversations = history.conversations
        labelled = ConversationLabel.objects.filter(workspace=history)
        pairs = set(labelled.values_list("conversation", "label"))
        assert 300 < len(pairs) < 1200
        stored = conversations.values_list("pk", "label_ids")
        assert {(pk, label) for pk, labels in stored for label in labels} == pairs
        assert 100 < conversations.exclude(priority=0).count() < 400
        assert conversations.exclude(team=None).values("team").distinct().count() == 6
        assert history.contacts.exclude(company="").exclude(phone="").exists()

    def test_a_contact_of_a_history_has_one_unresolved_conversation_and_it_is_the_latest(
        self, history
    ):
        latest = history.conversations.values("contact").annotate(number=Max("number"))
        unresolved = Q(pk__in=history.conversations.unresolved())
        assert (
            history.conversations.exclude(number__in=latest.values("number"))
            .filter(unresolved)
            .count()
            == 0
        )
        assert history.contacts.count() == 100

    def test_every_list_of_a_history_has_rows(self, history):
        administrator = Membership.objects.get(
            workspace=history, user__email="admin@history.example"
        )
        for view in ("unassigned", "all"):
            filters = ConversationFilters(view=view, status="open", inbox=None)
            assert ConversationList(filters, administrator).get_page()
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


@pytest.fixture
def history(transactional_db):
    return make_history()


@COMMITS
def test_pages_are_measured_as_each_kind_of_member_sees_them(history, monkeypatch):
    monkeypatch.setattr(browser, "postgres_seconds", lambda: 0.0)
    monkeypatch.setattr(pages, "SLUG", history.slug)
    browsers, inboxes = pages.people()
    assert set(browsers) == set(inboxes) == {"administrator", "agent", "restricted"}
    found = list(islice(pages.lists(dict(islice(browsers.items(), 1)), inboxes, 1), 12))
    assert {"first", "second", "deep"} == {page.page for page in found}
    assert all(page.measured.queries for page in found)
    others = pages.others_of(browsers["administrator"], 1)
    measured = pages.figures(found, others)
    assert measured["open_kb"] > 5
    assert pages.lists_table(found, False)
    assert pages.others_table(others)


@COMMITS
def test_filtered_lists_and_reports_are_measured(history, monkeypatch):
    monkeypatch.setattr(browser, "postgres_seconds", lambda: 0.0)
    monkeypatch.setattr(pages, "SLUG", history.slug)
    monkeypatch.setattr(reports, "SLUG", history.slug)
    monkeypatch.setattr(reports, "SECTIONS", {"labels": "by label"})
    monkeypatch.setattr(reports, "LISTS", {"new": "list"})
    monkeypatch.setattr(reports, "FILTERED", ["by label"])
    administrator = pages.people()[0]["administrator"]
    lists = list(islice(pages.filtered_lists({"administrator": administrator}, 1), 4))
    assert {page.measured.queries > 0 for page in lists} == {True}
    assert all(value for query in pages.filters().values() for value in query.split("="))
    found = reports.measure_all(administrator, "90d", 1)
    assert len(found) == len(reports.PAGES) + 2 + len(reports.filters())
    assert reports.table(found)
    assert "facts in all" in reports.describe("90d")[0]


def test_a_deep_page_is_two_years_earlier_or_half_as_far():
    path = "rows/?view=all&before=2026-11-01T10%3A00%3A00%2B00%3A00"
    assert pages.deep(path) == path.replace("2026", "2024")
    assert pages.deep("rows/?order=newest&before=%2F901") == "rows/?order=newest&before=%2F450"


@pytest.mark.parametrize("way", [cost.RegularPath, cost.ServerPath])
@COMMITS
def test_a_message_is_posted_in_one_process(db, way):
    cast = people.make_people(2)
    agents = Membership.objects.filter(pk__in=[agent["membership"] for agent in cast["agents"]])
    goes_online(*agents)
    write_first_message(cast)
    # In a thread, so that the application leaves this process's signals alone.
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(post_three, way, cast["key"]).result()["wall"] > 0
    assert Message.objects.filter(kind="contact").count() == 1 + 4


def post_three(way, key):
    message = way(key, 1)
    try:
        message.post()
        return cost.measure(message, 1) | {"posted": message.post()}
    finally:
        message.stop()
        connection.close()


def write_first_message(cast):
    inbox = Inbox.objects.select_related("workspace").get(pk=cast["inbox"])
    return post_contact_message(
        inbox, token=people.visitor_token(0), client_id=uuid4(), body="Hello?"
    )


def test_everyone_is_filled_up_and_goes_offline(db):
    cast = people.make_people(2)
    agents = Membership.objects.filter(pk__in=[agent["membership"] for agent in cast["agents"]])
    goes_online(*agents)
    for _ in agents:
        write_first_message(cast)
    people.fill_up()
    assert set(agents.values_list("capacity", flat=True)) == {1}
    people.require_queued(0)
    with pytest.raises(SystemExit, match="0 conversations are in the queue, and not 1"):
        people.require_queued(1)
    with pytest.raises(SystemExit, match="still online"):
        people.go_offline(patience=0)
    agents.update(announced_status="offline")
    people.go_offline(patience=0)


def test_figures_are_compared_with_their_targets():
    lines = figures.compare({"stored": 412.0, "ms_at_100": 5.5})
    assert "| messages stored a second at saturation | 412 | ≥ 400 | met |" in lines
    assert any("| 5.5 ms | ≤ 4 ms | **not met** |" in line for line in lines)
    assert any("| not measured | ≤ 1.5 s |" in line for line in lines)


def test_every_part_of_make_bench_exists():
    for part in PARTS:
        assert importlib.import_module(f"bench.{part.name}").main


def test_the_decisions_a_second_are_read_from_the_routing_table():
    output = (
        "| one inbox | 1 | 61 | 16.2 |\n| one inbox | 2 | 1,074 | 26.4 |\n"
        "| 20 inboxes | 1 | 61.5 | 16.6 |\n| bare, one inbox | 1 | 334 |\n"
    )
    assert routing_figures(output) == {"decisions_one": 1074, "decisions_many": 61.5, "unfair": 0}
    assert routing_figures("NOT FAIR: inbox 1: 2 to 5") == {"unfair": 1}


def test_the_growth_is_drawn_with_a_line_for_each_number_of_processes():
    step = {"acknowledged": 250.0, "milliseconds": 4.2}
    cells = {("agents", size, count): step for size in (1, 50) for count in (1, 2)}
    svg = plot.draw(cells)
    assert svg.count("<polyline") == 2
    assert svg.count("4.2</text>") == 4
