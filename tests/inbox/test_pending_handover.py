"""A member loses access, and the handover of their conversations survives every failure."""

import logging
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone

from inbox.actions import handover
from inbox.actions.assignment import assign_conversation, return_ineligible_to_queue
from inbox.actions.snooze import snooze_conversation
from inbox.models import Conversation, Message, PendingHandover
from inbox.tasks import finish_handover, sweep_handovers
from teams.actions.membership import reactivate_member, remove_member, suspend_member
from teams.actions.workspace import delete_workspace, restore_workspace
from teams.models import AuditEntry, Membership, StatusChange
from teams.tasks import sweep_statuses
from tests.conftest import COMMITS, in_parallel

pytestmark = COMMITS

ENDINGS = pytest.mark.parametrize("end", [remove_member, suspend_member])


@pytest.fixture
def assign_to_bob(acme, new_visitor):
    """Create conversations assigned to Bob."""

    def make(count):
        for _number in range(count):
            conversation = new_visitor(acme.inbox).writes().conversation
            assign_conversation(conversation, assignee=acme.bob, by=acme.alice)

    return make


@pytest.fixture
def wakes():
    """Record the background tasks as [(task, arguments)] instead of running them."""
    started = []
    with patch("messagehub.lib.on_commit.enqueue", lambda *task: started.append(task)):
        yield started


@pytest.fixture
def dies_after_commit():
    """Make the process die between the commit and the handover."""
    with patch.object(handover, "begin_handover", side_effect=RuntimeError("killed")):
        yield


def held_by(membership):
    return Conversation.objects.filter(assignee=membership).count()


def entries(action="member.handed_over"):
    return [entry.after for entry in AuditEntry.objects.filter(action=action)]


# --- Failures ---


@ENDINGS
def test_conversations_are_handed_over_although_publishing_fails(acme, assign_to_bob, end, caplog):
    assign_to_bob(2)
    broken = patch("teams.actions.membership.publish_status_changes", side_effect=RuntimeError("x"))
    with broken as announce:
        end(acme.bob, by=acme.alice, handover_to=acme.bea)
    assert announce.called
    assert "RuntimeError: x" in caplog.text
    assert (held_by(acme.bob), held_by(acme.bea)) == (0, 2)


@ENDINGS
def test_the_sweep_publishes_again_after_a_failure(acme, online, end, live_events):
    online(acme.bob)
    sweep_statuses()
    with patch("teams.actions.membership.publish_status_changes", side_effect=RuntimeError("x")):
        end(acme.bob, by=acme.alice)
    assert (
        StatusChange.objects.filter(membership=acme.bob).latest("created_at").status == "available"
    )
    live_events.clear()
    sweep_statuses()
    sweep_statuses()
    [(_channel, event, data)] = [each for each in live_events if each.name == "presence"]
    assert (event, data["membership"], data["state"]) == ("presence", str(acme.bob.pk), "offline")
    assert (
        StatusChange.objects.filter(membership=acme.bob).latest("created_at").status == "suspended"
    )


@ENDINGS
@pytest.mark.parametrize("to_bea", [True, False])
def test_the_sweep_finishes_the_handover_of_a_dead_process(
    acme, assign_to_bob, dies_after_commit, end, to_bea
):
    assign_to_bob(3)
    until = timezone.now() + timedelta(hours=1)
    snooze_conversation(Conversation.objects.first(), until=until, by=acme.bob)
    to = acme.bea if to_bea else None
    end(acme.bob, by=acme.alice, handover_to=to)
    assert (held_by(acme.bob), entries()) == (3, []), "it was not killed"
    sweep_handovers()
    assert (held_by(acme.bob), held_by(to)) == (0, 3)
    assert entries() == [{"conversations": "Bea (3)" if to_bea else "the queue (3)"}]
    assert not PendingHandover.objects.exists()


@ENDINGS
def test_the_plan_is_stored_in_the_transaction_that_ends_the_access(acme, end):
    with transaction.atomic():
        end(acme.bob, by=acme.alice, handover_to=acme.bea)
        pending = PendingHandover.objects.get()
        assert (pending.membership, pending.assignee) == (acme.bob, acme.bea)


def test_the_timeline_says_that_messagehub_handed_over(acme, assign_to_bob):
    assign_to_bob(1)
    remove_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    entry = Message.objects.get(activity="assigned", details__to="Bea")
    assert entry.text == "MessageHub assigned this conversation to Bea."


def test_the_sweep_closes_pages_left_open_by_a_dead_process(acme, dies_after_commit, live_events):
    remove_member(acme.bob, by=acme.alice)
    live_events.clear()
    sweep_handovers()
    assert live_events.closed == [f"membership:{acme.bob.pk}"]


def test_pending_conversations_are_not_returned_to_the_queue(
    acme, assign_to_bob, dies_after_commit
):
    assign_to_bob(2)
    remove_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    return_ineligible_to_queue()
    assert held_by(acme.bob) == 2
    sweep_handovers()
    assert held_by(acme.bea) == 2


def test_a_failed_conversation_is_retried_and_does_not_stop_the_others(acme, assign_to_bob, caplog):
    assign_to_bob(3)
    broken = Conversation.objects.earliest("created_at")
    real = handover.hand_over_conversation

    def fails(pending, conversation):
        if conversation == broken.pk:
            raise ValueError("a bad row")
        real(pending, conversation)

    with patch.object(handover, "hand_over_conversation", fails):
        remove_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    assert "a bad row" in caplog.text
    assert (held_by(acme.bob), held_by(acme.bea), entries()) == (1, 2, [])
    sweep_handovers()
    assert (held_by(acme.bea), entries()) == (3, [{"conversations": "Bea (3)"}])


def test_a_failed_handover_does_not_stop_the_others(
    acme, globex, assign_to_bob, dies_after_commit, caplog
):
    assign_to_bob(1)
    remove_member(acme.bea, by=acme.alice)
    remove_member(acme.bob, by=acme.alice, handover_to=acme.alice)
    real = handover.complete_handover

    def fails(pk):
        if PendingHandover.objects.get(pk=pk).membership == acme.bea:
            raise ValueError("a bad row")
        return real(pk)

    caplog.set_level(logging.ERROR)
    with patch.object(handover, "complete_handover", fails):
        sweep_handovers()
    assert "a bad row" in caplog.text
    assert held_by(acme.alice) == 1


# --- Large handovers ---


def test_a_request_hands_over_a_few_and_the_background_the_rest(
    acme, assign_to_bob, wakes, monkeypatch
):
    monkeypatch.setattr(handover, "MAX_PER_REQUEST", 2)
    assign_to_bob(5)
    remove_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    assert (held_by(acme.bob), held_by(acme.bea), entries()) == (3, 2, [])
    [(task, arguments)] = [each for each in wakes if each[0] is finish_handover]
    task(*arguments)
    assert (held_by(acme.bea), entries()) == (5, [{"conversations": "Bea (5)"}])


def test_a_small_handover_needs_no_background_task(acme, assign_to_bob, wakes):
    assign_to_bob(2)
    remove_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    assert held_by(acme.bea) == 2
    assert finish_handover not in [task for task, _arguments in wakes]


def test_simultaneous_runs_hand_over_each_conversation_once(acme, assign_to_bob, dies_after_commit):
    assign_to_bob(6)
    remove_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    in_parallel(3, lambda _number: sweep_handovers())
    assert entries() == [{"conversations": "Bea (6)"}]
    for conversation in Conversation.objects.all():
        assigned = conversation.messages.filter(activity="assigned", details__to="Bea")
        assert assigned.count() == 1


# --- Audit log ---


def test_the_audit_log_has_the_decision_and_the_result(acme, assign_to_bob, sign_in):
    assign_to_bob(2)
    acme.inbox.members.filter(membership=acme.bea).delete()  # she can't be assigned them
    remove_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    [decided] = AuditEntry.objects.filter(action="member.removed")
    assert decided.after == {"handover_to": "Bea"}
    [happened] = AuditEntry.objects.filter(action="member.handed_over")
    assert (happened.by, happened.target) == (acme.alice, "Bob")
    assert happened.sentence == "handed over conversations of Bob"
    assert happened.after == {"conversations": "the queue (2)"}
    page = sign_in(acme.alice).get("/w/acme/team/audit-log/").content.decode()
    assert "Open conversations are handed over to Bea" in page
    assert "Open conversations went to the queue (2)" in page


def test_a_member_without_conversations_has_no_handover_entry(acme, sign_in):
    remove_member(acme.bob, by=acme.alice)
    assert entries("member.removed") == [{"handover_to": ""}]
    assert entries() == []
    page = sign_in(acme.alice).get("/w/acme/team/audit-log/").content.decode()
    assert "Open conversations go back to the queue" in page
    assert not PendingHandover.objects.exists()


# --- Decisions made meanwhile ---


def test_a_reactivated_member_keeps_the_remaining_conversations(
    acme, assign_to_bob, dies_after_commit
):
    assign_to_bob(2)
    suspend_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    reactivate_member(Membership.objects.get(pk=acme.bob.pk), by=acme.alice)
    sweep_handovers()
    assert held_by(acme.bob) == 2
    assert not PendingHandover.objects.exists()


def test_a_second_decision_applies_to_the_remaining_conversations(
    acme, assign_to_bob, monkeypatch, wakes
):
    monkeypatch.setattr(handover, "MAX_PER_REQUEST", 1)
    assign_to_bob(3)
    suspend_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    remove_member(acme.bob, by=acme.alice, handover_to=acme.alice)
    sweep_handovers()
    assert (held_by(acme.bea), held_by(acme.alice)) == (1, 2)
    assert entries() == [{"conversations": "Bea (1), Alice (2)"}]


def test_a_chosen_assignee_who_was_removed_gets_none(acme, assign_to_bob, dies_after_commit):
    assign_to_bob(2)
    remove_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    remove_member(acme.bea, by=acme.alice, handover_to=acme.alice)
    sweep_handovers()
    assert (held_by(acme.bob), held_by(acme.bea), held_by(None)) == (0, 0, 2)


def test_a_deleted_workspace_is_left_alone(acme, assign_to_bob, dies_after_commit):
    assign_to_bob(1)
    remove_member(acme.bob, by=acme.alice, handover_to=acme.bea)
    delete_workspace(acme.workspace, by=acme.alice)
    sweep_handovers()
    assert held_by(acme.bob) == 1
    restore_workspace(acme.workspace, by=acme.alice)
    sweep_handovers()
    assert held_by(acme.bea) == 1
