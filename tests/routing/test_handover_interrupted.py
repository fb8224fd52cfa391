"""A handover that fails in the middle: what was done is done, recorded and told."""

from contextlib import contextmanager
from unittest.mock import patch

import pytest

from routing.handover import actions as handover
from routing.handover.actions import undo_handover
from routing.models import Handover
from teams.models import AuditEntry
from tests.routing.handovers import hand_over, holders, to_person, to_queue


@contextmanager
def failing(verb, *, at):
    """The verb's call with this number fails, and so does whatever called it."""
    real, calls = getattr(handover, verb), []

    def call(*subjects, **details):
        calls.append(subjects)
        if len(calls) == at:
            raise RuntimeError("killed")
        return real(*subjects, **details)

    with patch.object(handover, verb, call), pytest.raises(RuntimeError, match="killed"):
        yield


def entries():
    return list(AuditEntry.objects.filter(action__contains="hand").order_by("created_at", "pk"))


def test_the_audit_log_has_what_was_handed_over_before_the_server_died(acme, give_bob):
    first, second, third = give_bob(3)
    choices = [to_person(first, acme.bea), to_person(second, acme.bea), to_queue(third)]
    with failing("carry_out", at=3):
        hand_over(acme, *choices, by=acme.alice)
    assert holders(first, second, third) == [acme.bea, acme.bea, acme.bob]
    assert [entry.after for entry in entries()] == [{"conversations": "Bea (2)"}]


def test_the_member_is_told_of_what_was_handed_over_before_it_failed(acme, give_bob, live_events):
    choices = [to_person(each, acme.bea) for each in give_bob(2)]
    with live_events.committed(), failing("carry_out", at=2):
        hand_over(acme, *choices, by=acme.alice)
    words = {"message": "Alice handed over one of your open conversations."}
    notices = [each for each in live_events if each.name == "notice"]
    assert notices == [(acme.bob.live_channel, "notice", words)]


def test_a_handover_that_fails_at_once_leaves_nothing(acme, give_bob, live_events):
    conversation = give_bob()
    with live_events.committed(), failing("carry_out", at=1):
        hand_over(acme, to_person(conversation, acme.bea), by=acme.alice)
    assert (Handover.objects.count(), entries(), live_events) == (0, [], [])


def test_an_undoing_that_failed_is_recorded_and_can_be_finished(acme, give_bob):
    first, second = give_bob(2)
    made = hand_over(acme, to_person(first, acme.bea), to_person(second, acme.bea), by=acme.alice)
    with failing("give_back", at=2):
        undo_handover(made, by=acme.alice)
    assert holders(first, second) == [acme.bob, acme.bea]
    assert len(entries()) == 2
    undo_handover(made, by=acme.alice)
    assert holders(first, second) == [acme.bob, acme.bob]
    assert len(entries()) == 2
