"""The contact writes again: the conversation goes back to the agent who had it, or is routed."""

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from routing.models import Decision, RotationEntry
from teams.actions.availability import set_away
from teams.actions.membership import remove_member
from tests.routing.engine.conftest import (
    assignee_name,
    connect,
    disconnect,
    fill_up,
    last_decision,
    names_emailed,
    stored,
    sweep,
    texts,
)


@pytest.fixture
def resolved_by_bob(acme, vera):
    """Bob had it and resolved it; Bea is online too."""
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assert assignee_name(conversation) == "Bob"
    resolve_conversation(conversation, by=acme.bob)
    return conversation


MAKE_BOB = {
    "away": lambda acme: set_away(acme.bob),
    "offline": lambda acme: disconnect(acme.bob),
    "full": lambda acme: fill_up(acme.inbox, acme.bob),
    "removed": lambda acme: remove_member(acme.bob, by=acme.alice),
    "without access": lambda acme: acme.inbox.members.filter(membership=acme.bob).delete(),
}


def test_an_available_agent_keeps_it_and_it_is_no_turn(acme, resolved_by_bob, vera):
    rotation = list(RotationEntry.objects.values_list("membership", "last_assigned_at"))
    vera.writes("again")
    assert assignee_name(resolved_by_bob) == "Bob"
    assert (last_decision(resolved_by_bob).trigger, last_decision(resolved_by_bob).rule) == (
        "reopened",
        "kept",
    )
    assert texts(resolved_by_bob)[-1] == "Bob had it before and was available."
    assert list(RotationEntry.objects.values_list("membership", "last_assigned_at")) == rotation


@pytest.mark.parametrize("keep_reopened", [False, True])
@pytest.mark.parametrize("bob_is", MAKE_BOB)
def test_an_unavailable_agent_keeps_it_only_if_the_inbox_says_so(
    acme, resolved_by_bob, vera, rules, bob_is, keep_reopened
):
    """A former colleague never keeps it."""
    rules(keep_reopened=keep_reopened)
    MAKE_BOB[bob_is](acme)
    vera.writes("again")
    if keep_reopened and bob_is in ("away", "offline", "full"):
        assert (assignee_name(resolved_by_bob), last_decision(resolved_by_bob).rule) == (
            "Bob",
            "kept_offline",
        )
        assert names_emailed() == ([] if bob_is == "full" else ["bob"])
    else:
        assert (assignee_name(resolved_by_bob), last_decision(resolved_by_bob).rule) == (
            "Bea",
            "round_robin",
        )


def test_without_anyone_online_it_waits_unassigned(acme, resolved_by_bob, vera):
    disconnect(acme.bob, acme.bea)
    vera.writes("again")
    assert assignee_name(resolved_by_bob) is None
    assert names_emailed() == ["bea", "bob"]


def test_an_agent_chosen_by_hand_keeps_it_if_available(acme, resolved_by_bob, vera):
    assign_conversation(resolved_by_bob, assignee=acme.alice, by=acme.alice)
    connect(acme.alice)
    vera.writes("again")
    assert assignee_name(resolved_by_bob) == "Alice"


def test_reopened_by_an_agent_nothing_moves(acme, resolved_by_bob):
    set_away(acme.bob)
    before = Decision.objects.count()
    reopen_conversation(stored(resolved_by_bob), by=acme.alice)
    sweep()
    assert assignee_name(resolved_by_bob) == "Bob"
    assert Decision.objects.count() == before


@pytest.mark.parametrize("bob_is", ["removed", "without access"])
def test_reopened_by_an_agent_it_does_not_return_to_a_former_colleague(
    acme, resolved_by_bob, bob_is
):
    disconnect(acme.bea)
    MAKE_BOB[bob_is](acme)
    reopen_conversation(stored(resolved_by_bob), by=acme.alice)
    assert stored(resolved_by_bob).is_open
    assert assignee_name(resolved_by_bob) is None
