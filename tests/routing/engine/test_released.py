"""A conversation that an agent puts back is not offered to them again before something changes."""

from unittest.mock import patch

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import resolve_conversation
from routing.actions import queue
from routing.actions.queue import assign_all_queues
from routing.handover.actions import Action, Choice, hand_over_conversations
from teams.actions.membership import suspend_member
from teams.actions.status import publish_status_changes
from tests.routing.engine.conftest import (
    aim,
    calls_of,
    connect,
    disconnect,
    has,
    start_conversations,
    stored,
    sweep,
    why,
)


@pytest.fixture
def released(acme, vera):
    """Bob, who alone is online, was given Vera's conversation and put it back."""
    connect(acme.bob)
    conversation = vera.writes().conversation
    assert has(conversation) == "Bob"
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert has(conversation) is None
    return conversation


def test_an_agent_who_stays_is_not_asked_again(acme, released):
    connect(acme.bob)
    assign_all_queues()
    assert has(released) is None


@pytest.mark.parametrize("by", ["bob", "alice"])
def test_it_goes_to_the_next_one_also_if_a_colleague_took_it_from_them(acme, vera, by):
    connect(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(stored(conversation), assignee=None, by=getattr(acme, by))
    assert (has(conversation), why(conversation).tally["released"]) == (None, 1)
    sweep()
    assert has(conversation) is None
    connect(acme.bea)
    sweep()
    assert has(conversation) == "Bea"


def test_it_does_not_go_to_and_fro_before_the_contact_writes_again(acme, vera):
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    for name in ("Bob", "Bea"):
        assert has(conversation) == name
        assign_conversation(conversation, assignee=None, by=stored(conversation).assignee)
    assert has(conversation) is None
    assert why(conversation).tally == {"released": 2}
    vera.writes("Is anybody there?")
    assert has(conversation) is not None


def test_handed_over_by_all_in_the_evening_it_is_assigned_in_the_morning(acme, vera):
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    for _ in range(2):
        agent = stored(conversation).assignee
        hand_over_conversations(agent, [Choice(conversation, Action.QUEUE)], by=agent)
        disconnect(agent)
    assign_all_queues()
    assert has(conversation) is None
    connect(acme.bea)
    assign_all_queues()
    assert has(conversation) == "Bea"


def test_rather_the_agent_who_put_it_back_than_none_when_the_other_has_left(acme, vera):
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert has(conversation) == "Bea"
    suspend_member(acme.bea, by=acme.alice)
    assert has(conversation) == "Bob"


FORGET = {
    "assigned by hand": lambda acme, it: assign_conversation(it, assignee=acme.bob, by=acme.alice),
    "resolved": lambda acme, it: resolve_conversation(it, by=acme.alice),
}


@pytest.mark.parametrize("event", FORGET)
def test_that_it_was_put_back_is_forgotten(acme, released, event):
    assert stored(released).released_by == [acme.bob.pk]
    FORGET[event](acme, released)
    assert stored(released).released_by == []


# --- Leads ---


def test_the_only_one_who_could_have_it_as_a_lead_is_not_asked_all_night(acme, released, rules):
    rules(leads="assign")
    aim(acme.inbox, acme.bob)
    disconnect(acme.bob)
    with calls_of(queue, "route_conversation") as routed:
        assign_all_queues()
    assert (routed.call_count, has(released)) == (0, None)


def test_the_absent_get_it_as_a_lead_while_the_one_who_put_it_back_is_online(released, rules):
    rules(leads="assign")
    assign_all_queues()
    assert (has(released), why(released).rule) == ("Bea", "lead")


# --- Cost and reasons ---


def test_many_that_only_the_agent_who_put_them_back_could_take_hold_up_no_request(acme):
    connect(acme.bob)
    conversations = start_conversations(acme.inbox, 5)
    for each in conversations:
        assign_conversation(each, assignee=None, by=acme.bob)
    with patch.object(queue, "MOST_AT_ONCE", 2), calls_of(queue, "route_conversation") as routed:
        publish_status_changes(acme.bob)
        assign_all_queues()
    assert routed.call_count == 0
    assert {has(each) for each in conversations} == {None}


def test_its_reason_follows_the_other_agents(released, hire):
    assert why(released).tally == {"released": 1, "offline": 1}
    hire("Ben")
    assign_all_queues()
    assert why(released).tally == {"released": 1, "offline": 2}
