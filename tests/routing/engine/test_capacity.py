"""How many open conversations an agent takes at a time, over the whole workspace."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from inbox.actions.snooze import snooze_conversation
from routing.explanations import explain_unassigned
from teams.actions.availability import set_capacity
from teams.availability import with_availability
from teams.models import Membership
from tests.routing.engine.conftest import (
    add_inbox,
    assignee_name,
    assignees_of_new,
    candidate_statuses,
    change,
    connect,
    last_decision,
    start_conversation,
    start_conversations,
    stored,
    sweep,
    texts,
)


@pytest.fixture
def busy_bob(acme):
    """Bob is online and takes one conversation at a time."""
    connect(acme.bob)
    return change(acme.bob, capacity=1)


def sentence(membership):
    [again] = with_availability(Membership.objects.with_related().filter(pk=membership.pk))
    return again.sentence


def test_the_limit_counts_over_all_inboxes(acme):
    shop = add_inbox(acme, acme.bob, acme.bea)
    connect(acme.bob)
    change(acme.bob, capacity=2)
    inboxes = (acme.inbox, shop, shop, acme.inbox)
    assert [assignee_name(start_conversation(each)) for each in inboxes] == [
        "Bob",
        "Bob",
        None,
        None,
    ]


def test_at_capacity_the_next_is_asked(acme, busy_bob):
    connect(acme.bea)
    assert assignees_of_new(acme.inbox, 4) == ["Bob", "Bea", "Bea", "Bea"]


def test_when_all_are_at_capacity_the_timeline_says_so(acme, busy_bob):
    connect(acme.bea)
    change(acme.bea, capacity=1)
    waiting = start_conversations(acme.inbox, 3)[-1]
    assert assignee_name(waiting) is None
    assert candidate_statuses(waiting) == {"Bob": "at_capacity", "Bea": "at_capacity"}
    assert (
        explain_unassigned(last_decision(waiting).tally) == "no agent is available (2 at capacity)"
    )
    assert texts(waiting) == ["Waiting: no agent is available (2 at capacity)."]


LATER = timedelta(hours=3)
MAKE_ROOM = {
    "resolve": lambda acme, held: resolve_conversation(held, by=acme.bob),
    "release": lambda acme, held: assign_conversation(held, assignee=None, by=acme.bob),
    "reassign": lambda acme, held: assign_conversation(held, assignee=acme.alice, by=acme.bob),
    "snooze": lambda acme, held: snooze_conversation(
        held, until=timezone.now() + LATER, by=acme.bob
    ),
}


@pytest.mark.parametrize("verb", MAKE_ROOM)
def test_room_that_becomes_free_is_filled_at_once_with_the_oldest(acme, busy_bob, verb):
    first, second, third = start_conversations(acme.inbox, 3)
    assert [assignee_name(each) for each in (first, second, third)] == ["Bob", None, None]
    MAKE_ROOM[verb](acme, stored(first))
    assert [assignee_name(each) for each in (second, third)] == ["Bob", None]
    assert last_decision(second).trigger == "available"


def test_a_higher_limit_is_room(acme, busy_bob):
    waiting = start_conversations(acme.inbox, 4)[1:]
    set_capacity(acme.bob, 3, by=acme.alice)
    assert [assignee_name(each) for each in waiting] == ["Bob", "Bob", None]
    set_capacity(acme.bob, None, by=acme.alice)
    assert assignee_name(waiting[-1]) == "Bob"


def test_a_colleague_may_assign_more_than_the_limit(acme, busy_bob):
    _first, waiting = start_conversations(acme.inbox, 2)
    assert assign_conversation(waiting, assignee=acme.bob, by=acme.alice)
    assert assignee_name(waiting) == "Bob"
    assert sentence(acme.bob) == "Busy: 2 of 1 chats"


def test_reopened_by_the_contact_it_needs_room_and_by_an_agent_it_takes_it(acme, busy_bob, vera):
    conversation = vera.writes().conversation
    resolve_conversation(conversation, by=acme.bob)
    reopen_conversation(stored(conversation), by=acme.bob)
    waiting = start_conversation(acme.inbox)
    assert assignee_name(waiting) is None
    resolve_conversation(stored(conversation), by=acme.bob)
    assert assignee_name(waiting) == "Bob"
    vera.writes("again")
    sweep()
    assert assignee_name(conversation) is None


def test_the_sentence_says_how_many(acme):
    connect(acme.bob)
    assert sentence(acme.bob) == "Available"
    change(acme.bob, capacity=5)
    for count in range(5):
        assert sentence(acme.bob) == f"Available: {count} of 5 chats"
        start_conversation(acme.inbox)
    assert sentence(acme.bob) == "Busy: 5 of 5 chats"
