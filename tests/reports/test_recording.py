"""Facts are recorded from timelines, whenever and however often that happens."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from inbox.actions.label import change_labels, save_label
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.actions.sorting import set_team
from messagehub.lib.ids import new_id
from reports import recording
from reports.models import Fact, RecordedConversation, Recording
from reports.recording import rebuild, record_new_entries
from routing.models import Decision
from teams.actions.team import save_team
from tests.conftest import COMMITS, Vera, in_parallel


def facts(conversation=None):
    rows = Fact.objects.order_by("conversation", "seq", "kind")
    if conversation:
        rows = rows.filter(conversation=conversation)
    return list(rows.values_list("seq", "kind", "at", "member", "seconds", "open_seconds", "rule"))


def kinds(conversation):
    return [each[1] for each in facts(conversation)]


def test_a_conversation_is_recorded(acme, vera, online):
    online(acme.bob)
    conversation = vera.writes().conversation
    post_reply(conversation, body="Hi", client_id=new_id(), by=acme.bob)
    resolve_conversation(conversation, by=acme.bob)
    assert facts() == []
    before = timezone.now()
    assert record_new_entries()
    assert kinds(conversation) == ["new", "assigned", "first_reply", "resolved"]
    assert Recording.up_to() >= before
    assert [each[6] for each in facts()] == ["", "round_robin", "", ""]


def test_added_entries_are_recorded_by_the_next_run(acme, vera):
    conversation = vera.writes().conversation
    record_new_entries()
    post_reply(conversation, body="Hi", client_id=new_id(), by=acme.bob)
    record_new_entries()
    assert "first_reply" in kinds(conversation)
    assert Fact.objects.get(kind="new").member_id == acme.bob.pk


def test_a_run_reads_only_what_is_new(acme, vera, django_assert_max_num_queries):
    vera.writes()
    record_new_entries()
    recorded = facts()
    with django_assert_max_num_queries(6):
        record_new_entries()
    assert facts() == recorded


def test_an_entry_that_was_committed_late_is_found(acme, vera):
    """Its id is older than the last run."""
    conversation = vera.writes().conversation
    Recording.objects.create(pk=1, finished_at=timezone.now() + timedelta(minutes=14))
    record_new_entries()
    assert "new" in kinds(conversation)


def test_the_time_is_limited_and_the_next_run_continues(acme, vera):
    vera.writes()
    assert record_new_entries(time_limit=-1) is False
    assert Recording.up_to() is None
    assert record_new_entries()
    assert facts()


def test_a_label_added_while_its_conversation_is_recorded_is_not_missed(acme, vera, monkeypatch):
    """The run has read the conversation, and then reads a timeline that tells of the label."""
    conversation = vera.writes().conversation
    label = save_label(acme.workspace, name="Billing", colour=0, by=acme.alice)
    load = recording.load_timelines

    def add_label_first(conversations):
        change_labels(conversation, add=[label], by=acme.alice)
        return load(conversations)

    with monkeypatch.context() as patch:
        patch.setattr(recording, "load_timelines", add_label_first)
        record_new_entries()
    assert {fact.label_ids for fact in Fact.objects.all()} == {None}
    record_new_entries()
    assert [fact.label_ids for fact in Fact.objects.filter(kind="new")] == [[label.pk]]


def test_facts_follow_their_conversation_to_another_team(acme, vera):
    conversation = vera.writes().conversation
    sales = save_team(acme.workspace, name="Sales", members=[], by=acme.alice)
    for team in (sales, None):
        set_team(conversation, team=team, by=acme.alice)
        record_new_entries()
        assert {fact.team_id for fact in Fact.objects.all()} == {team and team.pk}


def test_a_killed_run_is_made_up_for(acme, vera, monkeypatch):
    conversation = vera.writes().conversation
    with monkeypatch.context() as patch:
        patch.setattr(recording, "compare", lambda *args, **options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            record_new_entries()
    assert facts() == []
    assert not RecordedConversation.objects.filter(seq__gt=0).exists()
    record_new_entries()
    assert kinds(conversation)


def test_one_that_fails_does_not_stop_the_others(acme, vera, new_visitor, monkeypatch):
    bad = vera.writes().conversation
    good = new_visitor(acme.inbox).writes().conversation
    lock = recording.lock

    def fail(ids, **options):
        if bad.pk in ids:
            raise IntegrityError
        return lock(ids, **options)

    monkeypatch.setattr(recording, "lock", fail)
    record_new_entries()
    assert kinds(good)
    assert not kinds(bad)


def test_a_deleted_conversation_takes_its_facts_along(acme, vera):
    conversation = vera.writes().conversation
    record_new_entries()
    conversation.delete()
    assert not Fact.objects.exists()
    assert not RecordedConversation.objects.exists()


def test_new_opening_hours_leave_the_past_alone_until_a_rebuild(acme, vera, online):
    online(acme.bob)
    conversation = vera.writes().conversation
    Fact.objects.all().delete()
    post_reply(conversation, body="Hi", client_id=new_id(), by=acme.bob)
    record_new_entries()
    Fact.objects.filter(kind="first_reply").update(open_seconds=77)
    resolve_conversation(conversation, by=acme.bob)
    record_new_entries()
    assert Fact.objects.get(kind="first_reply").open_seconds == 77
    call_command("rebuild_reports", stdout=StringIO())
    assert Fact.objects.get(kind="first_reply").open_seconds != 77


def test_a_fact_outlives_its_decision(acme, vera, online):
    online(acme.bob)
    conversation = vera.writes().conversation
    record_new_entries()
    recorded = facts()
    Decision.objects.all().delete()
    rebuild(acme.workspace.conversations.all())
    assert facts() == recorded
    assert "round_robin" in [each[6] for each in facts(conversation)]


def test_the_command_can_be_for_one_workspace(acme, globex, vera):
    vera.writes()
    Vera(globex.inbox).writes()
    call_command("rebuild_reports", "--workspace", "globex", stdout=StringIO())
    assert set(Fact.objects.values_list("workspace", flat=True)) == {globex.workspace.pk}
    with pytest.raises(CommandError, match="no workspace"):
        call_command("rebuild_reports", "--workspace", "nowhere", stdout=StringIO())


def test_a_rebuild_removes_what_does_not_belong(acme, vera):
    conversation = vera.writes().conversation
    record_new_entries()
    recorded = facts()
    Fact.objects.filter(kind="new").update(kind="resolved")
    rebuild(acme.workspace.conversations.all())
    assert facts() == recorded
    assert kinds(conversation)


@COMMITS
def test_two_workers_at_once_record_the_same_once(acme):
    for _number in range(5):
        Vera(acme.inbox).writes()
    in_parallel(3, lambda number: record_new_entries())
    record_new_entries()
    assert Fact.objects.filter(kind="new").count() == 5
