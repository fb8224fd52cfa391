"""A released conversation isn't offered to the same agent again before something changes."""

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
    assignee_name,
    connect,
    counted_calls,
    disconnect,
    last_decision,
    set_targets,
    start_conversations,
    stored,
    sweep,
)


@pytest.fixture
def released(acme, vera):
    """Bob, the only one online, was assigned Vera's conversation and released it."""
    connect(acme.bob)
    conversation = vera.writes().conversation
    assert assignee_name(conversation) == "Bob"
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert assignee_name(conversation) is None
    return conversation


def test_an_agent_who_stays_is_not_asked_again(acme, released):
    connect(acme.bob)
    assign_all_queues()
    assert assignee_name(released) is None


@pytest.mark.parametrize("by", ["bob", "alice"])
def test_it_goes_to_the_next_one_also_if_a_colleague_took_it_from_them(acme, vera, by):
    connect(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(stored(conversation), assignee=None, by=getattr(acme, by))
    assert (assignee_name(conversation), last_decision(conversation).tally["released"]) == (None, 1)
    sweep()
    assert assignee_name(conversation) is None
    connect(acme.bea)
    sweep()
    assert assignee_name(conversation) == "Bea"


def test_it_does_not_go_to_and_fro_before_the_contact_writes_again(acme, vera):
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    for name in ("Bob", "Bea"):
        assert assignee_name(conversation) == name
        assign_conversation(conversation, assignee=None, by=stored(conversation).assignee)
    assert assignee_name(conversation) is None
    assert last_decision(conversation).tally == {"released": 2}
    vera.writes("Is anybody there?")
    assert assignee_name(conversation) is not None


def test_handed_over_by_all_in_the_evening_it_is_assigned_in_the_morning(acme, vera):
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    for _ in range(2):
        agent = stored(conversation).assignee
        hand_over_conversations(agent, [Choice(conversation, Action.QUEUE)], by=agent)
        disconnect(agent)
    assign_all_queues()
    assert assignee_name(conversation) is None
    connect(acme.bea)
    assign_all_queues()
    assert assignee_name(conversation) == "Bea"


def test_rather_the_agent_who_put_it_back_than_none_when_the_other_has_left(acme, vera):
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert assignee_name(conversation) == "Bea"
    suspend_member(acme.bea, by=acme.alice)
    assert assignee_name(conversation) == "Bob"


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
    set_targets(acme.inbox, acme.bob)
    disconnect(acme.bob)
    with counted_calls(queue, "route_conversation") as routed:
        assign_all_queues()
    assert (routed.call_count, assignee_name(released)) == (0, None)


def test_the_absent_get_it_as_a_lead_while_the_one_who_put_it_back_is_online(released, rules):
    rules(leads="assign")
    assign_all_queues()
    assert (assignee_name(released), last_decision(released).rule) == ("Bea", "lead")


# --- Cost and reasons ---


def test_many_that_only_the_agent_who_put_them_back_could_take_hold_up_no_request(acme):
    connect(acme.bob)
    conversations = start_conversations(acme.inbox, 5)
    for each in conversations:
        assign_conversation(each, assignee=None, by=acme.bob)
    with (
        patch.object(queue, "MOST_AT_ONCE", 2),
        counted_calls(queue, "route_conversation") as routed,
    ):
        publish_status_changes(acme.bob)
        assign_all_queues()
    assert routed.call_count == 0
    assert {assignee_name(each) for each in conversations} == {None}


def test_its_reason_follows_the_other_agents(released, hire):
    assert last_decision(released).tally == {"released": 1, "offline": 1}
    hire("Ben")
    assign_all_queues()
    assert last_decision(released).tally == {"released": 1, "offline": 2}
