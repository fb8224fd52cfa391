"""A member loses access: what was decided about their conversations is done, whatever fails."""

import logging
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from inbox.actions import handover
from inbox.actions.assignment import assign_conversation, return_ineligible_to_queue
from inbox.actions.snooze import snooze_conversation
from inbox.models import Conversation, PendingHandover
from inbox.tasks import finish_handover, sweep_handovers
from teams import audit
from teams.actions.membership import remove_member, resume_member, suspend_member
from teams.actions.workspace import delete_workspace, restore_workspace
from teams.models import AuditEntry, Membership, StateChange
from teams.tasks import sweep_states
from tests.conftest import COMMITS, in_parallel

pytestmark = COMMITS

ENDINGS = pytest.mark.parametrize("end", [remove_member, suspend_member])


@pytest.fixture
def bobs(acme, new_visitor):
    """So many conversations that Bob has."""

    def make(count):
        for _number in range(count):
            conversation = new_visitor(acme.inbox).writes().conversation
            assign_conversation(conversation, assignee=acme.bob, by=acme.alice)

    return make


@pytest.fixture
def wakes():
    """The background tasks that were started: [(task, arguments)]; none of them runs."""
    started = []
    with patch("messagehub.lib.on_commit.enqueue", lambda *task: started.append(task)):
        yield started


@pytest.fixture
def dies_after_commit():
    """The process dies between the commit and the handover."""
    with patch.object(handover, "begin_handover", side_effect=RuntimeError("killed")):
        yield


def held_by(membership):
    return Conversation.objects.filter(assignee=membership).count()


def entries(action="member.handed_over"):
    return [entry.after for entry in AuditEntry.objects.filter(action=action)]


# --- What fails ---


@ENDINGS
def test_they_are_handed_over_although_the_announcement_fails(acme, bobs, end, caplog):
    bobs(2)
    broken = patch("teams.actions.membership.announce_availability", side_effect=RuntimeError("x"))
    with broken as announce:
        end(acme.bob, by=acme.alice, hand_to=acme.bea)
    assert announce.called
    assert "RuntimeError: x" in caplog.text
    assert (held_by(acme.bob), held_by(acme.bea)) == (0, 2)


@ENDINGS
def test_a_failed_announcement_is_made_by_the_sweep(acme, online, end, live_events):
    online(acme.bob)
    sweep_states()
    with patch("teams.actions.membership.announce_availability", side_effect=RuntimeError("x")):
        end(acme.bob, by=acme.alice)
    assert StateChange.objects.filter(membership=acme.bob).latest("created_at").code == "available"
    live_events.clear()
    sweep_states()
    sweep_states()
    [(_channel, event, data)] = [each for each in live_events if each.name == "presence"]
    assert (event, data["membership"], data["state"]) == ("presence", str(acme.bob.pk), "offline")
    assert StateChange.objects.filter(membership=acme.bob).latest("created_at").code == "suspended"


@ENDINGS
@pytest.mark.parametrize("to_bea", [True, False])
def test_the_sweep_finishes_what_a_dead_process_left(acme, bobs, dies_after_commit, end, to_bea):
    bobs(3)
    until = timezone.now() + timedelta(hours=1)
    snooze_conversation(Conversation.objects.first(), until=until, by=acme.bob)
    to = acme.bea if to_bea else None
    end(acme.bob, by=acme.alice, hand_to=to)
    assert (held_by(acme.bob), entries()) == (3, []), "it was not killed"
    sweep_handovers()
    assert (held_by(acme.bob), held_by(to)) == (0, 3)
    assert entries() == [{"conversations": "Bea (3)" if to_bea else "the queue (3)"}]
    assert not PendingHandover.objects.exists()


def test_the_sweep_closes_pages_that_a_dead_process_left_open(acme, dies_after_commit, live_events):
    remove_member(acme.bob, by=acme.alice)
    live_events.clear()
    sweep_handovers()
    assert live_events.closed == [f"membership:{acme.bob.pk}"]


def test_another_sweep_does_not_send_them_to_the_queue_before(acme, bobs, dies_after_commit):
    bobs(2)
    remove_member(acme.bob, by=acme.alice, hand_to=acme.bea)
    return_ineligible_to_queue()
    assert held_by(acme.bob) == 2
    sweep_handovers()
    assert held_by(acme.bea) == 2


def test_what_fails_with_one_is_tried_again_and_holds_up_no_other(acme, bobs, caplog):
    bobs(3)
    broken = Conversation.objects.earliest("created_at")
    real = handover.hand_over_one

    def fails(pending, conversation):
        if conversation == broken.pk:
            raise ValueError("a bad row")
        real(pending, conversation)

    with patch.object(handover, "hand_over_one", fails):
        remove_member(acme.bob, by=acme.alice, hand_to=acme.bea)
    assert "a bad row" in caplog.text
    assert (held_by(acme.bob), held_by(acme.bea), entries()) == (1, 2, [])
    sweep_handovers()
    assert (held_by(acme.bea), entries()) == (3, [{"conversations": "Bea (3)"}])


def test_one_handover_that_fails_does_not_hold_up_the_others(
    acme, globex, bobs, dies_after_commit, caplog
):
    bobs(1)
    remove_member(acme.bea, by=acme.alice)
    remove_member(acme.bob, by=acme.alice, hand_to=acme.alice)
    real = handover.end_if_done

    def fails(pk):
        if PendingHandover.objects.get(pk=pk).membership == acme.bea:
            raise ValueError("a bad row")
        return real(pk)

    caplog.set_level(logging.ERROR)
    with patch.object(handover, "end_if_done", fails):
        sweep_handovers()
    assert "a bad row" in caplog.text
    assert held_by(acme.alice) == 1


# --- How much at once ---


def test_a_request_does_a_few_and_the_background_the_rest(acme, bobs, wakes, monkeypatch):
    monkeypatch.setattr(handover, "MOST_AT_ONCE", 2)
    bobs(5)
    remove_member(acme.bob, by=acme.alice, hand_to=acme.bea)
    assert (held_by(acme.bob), held_by(acme.bea), entries()) == (3, 2, [])
    [(task, arguments)] = [each for each in wakes if each[0] is finish_handover]
    task(*arguments)
    assert (held_by(acme.bea), entries()) == (5, [{"conversations": "Bea (5)"}])


def test_few_need_no_background(acme, bobs, wakes):
    bobs(2)
    remove_member(acme.bob, by=acme.alice, hand_to=acme.bea)
    assert held_by(acme.bea) == 2
    assert finish_handover not in [task for task, _arguments in wakes]


def test_several_at_once_hand_over_each_conversation_once(acme, bobs, dies_after_commit):
    bobs(6)
    remove_member(acme.bob, by=acme.alice, hand_to=acme.bea)
    in_parallel(3, lambda _number: sweep_handovers())
    assert entries() == [{"conversations": "Bea (6)"}]
    for conversation in Conversation.objects.all():
        assigned = conversation.messages.filter(activity="assigned", details__to="Bea")
        assert assigned.count() == 1


# --- What the audit log says ---


def test_the_audit_log_says_what_was_decided_and_then_what_happened(acme, bobs, sign_in):
    bobs(2)
    acme.inbox.members.filter(membership=acme.bea).delete()  # she cannot have them
    remove_member(acme.bob, by=acme.alice, hand_to=acme.bea)
    [decided] = AuditEntry.objects.filter(action="member.removed")
    assert decided.after == {"hand_over_to": "Bea"}
    [happened] = AuditEntry.objects.filter(action="member.handed_over")
    assert (happened.by, happened.target) == (acme.alice, "Bob")
    assert audit.sentence(happened) == "handed over conversations of Bob"
    assert happened.after == {"conversations": "the queue (2)"}
    page = sign_in(acme.alice).get("/w/acme/team/audit-log/").content.decode()
    assert "Open conversations are handed over to Bea" in page
    assert "Open conversations went to the queue (2)" in page


def test_it_says_nothing_more_about_a_member_without_conversations(acme, sign_in):
    remove_member(acme.bob, by=acme.alice)
    assert entries("member.removed") == [{"hand_over_to": ""}]
    assert entries() == []
    page = sign_in(acme.alice).get("/w/acme/team/audit-log/").content.decode()
    assert "Open conversations go back to the queue" in page
    assert not PendingHandover.objects.exists()


# --- What is decided meanwhile ---


def test_a_member_who_is_let_in_again_keeps_what_is_left(acme, bobs, dies_after_commit):
    bobs(2)
    suspend_member(acme.bob, by=acme.alice, hand_to=acme.bea)
    resume_member(Membership.objects.get(pk=acme.bob.pk), by=acme.alice)
    sweep_handovers()
    assert held_by(acme.bob) == 2
    assert not PendingHandover.objects.exists()


def test_the_second_decision_counts_for_what_is_left(acme, bobs, monkeypatch, wakes):
    monkeypatch.setattr(handover, "MOST_AT_ONCE", 1)
    bobs(3)
    suspend_member(acme.bob, by=acme.alice, hand_to=acme.bea)
    remove_member(acme.bob, by=acme.alice, hand_to=acme.alice)
    sweep_handovers()
    assert (held_by(acme.bea), held_by(acme.alice)) == (1, 2)
    assert entries() == [{"conversations": "Bea (1), Alice (2)"}]


def test_a_chosen_person_who_has_gone_too_gets_none(acme, bobs, dies_after_commit):
    bobs(2)
    remove_member(acme.bob, by=acme.alice, hand_to=acme.bea)
    remove_member(acme.bea, by=acme.alice, hand_to=acme.alice)
    sweep_handovers()
    assert (held_by(acme.bob), held_by(acme.bea), held_by(None)) == (0, 0, 2)


def test_a_deleted_workspace_is_left_alone(acme, bobs, dies_after_commit):
    bobs(1)
    remove_member(acme.bob, by=acme.alice, hand_to=acme.bea)
    delete_workspace(acme.workspace, by=acme.alice)
    sweep_handovers()
    assert held_by(acme.bob) == 1
    restore_workspace(acme.workspace, by=acme.alice)
    sweep_handovers()
    assert held_by(acme.bea) == 1
