"""A handover that fails halfway: the part carried out stays, is recorded and published."""

from contextlib import contextmanager
from unittest.mock import patch

import pytest

from routing.handover import actions, undo
from routing.handover.undo import undo_handover
from routing.models import Handover
from teams.models import AuditEntry
from tests.routing.handovers import assign_to, hand_over, holders, return_to_queue, undo_results


@contextmanager
def failing(module, name, *, at):
    """Make this call of the function fail, and expect its caller to fail."""
    real, calls = getattr(module, name), []

    def call(*subjects, **details):
        calls.append(subjects)
        if len(calls) == at:
            raise RuntimeError("killed")
        return real(*subjects, **details)

    with patch.object(module, name, call), pytest.raises(RuntimeError, match="killed"):
        yield


def entries():
    return list(AuditEntry.objects.filter(action__contains="hand").order_by("created_at", "pk"))


def test_the_audit_log_has_the_part_done_before_the_server_died(acme, give_bob):
    first, second, third = give_bob(3)
    choices = [assign_to(first, acme.bea), assign_to(second, acme.bea), return_to_queue(third)]
    with failing(actions, "carry_out", at=3):
        hand_over(acme, *choices, by=acme.alice)
    assert holders(first, second, third) == [acme.bea, acme.bea, acme.bob]
    assert [entry.after for entry in entries()] == [{"conversations": "Bea (2)"}]


def test_the_member_is_notified_of_the_part_done_before_it_failed(acme, give_bob, live_events):
    choices = [assign_to(each, acme.bea) for each in give_bob(2)]
    with live_events.committed(), failing(actions, "carry_out", at=2):
        hand_over(acme, *choices, by=acme.alice)
    message = {"message": "Alice handed over one of your open conversations."}
    notices = [each for each in live_events if each.name == "notice"]
    assert notices == [(acme.bob.live_channel, "notice", message)]


def test_a_handover_that_fails_at_once_leaves_nothing(acme, give_bob, live_events):
    conversation = give_bob()
    with live_events.committed(), failing(actions, "carry_out", at=1):
        hand_over(acme, assign_to(conversation, acme.bea), by=acme.alice)
    assert (Handover.objects.count(), entries(), live_events) == (0, [], [])


def test_an_interrupted_undo_is_recorded_once_and_can_be_completed(acme, give_bob):
    first, second = give_bob(2)
    made = hand_over(acme, assign_to(first, acme.bea), assign_to(second, acme.bea), by=acme.alice)
    with failing(undo, "return_conversation", at=2):
        undo_handover(made, by=acme.alice)
    assert holders(first, second) == [acme.bob, acme.bea]
    assert len(entries()) == 2
    undo_handover(made, by=acme.alice)
    assert holders(first, second) == [acme.bob, acme.bob]
    assert undo_results(made) == ["returned", "returned"]
    assert len(entries()) == 2
