"""How many open conversations somebody takes at a time, over the whole workspace."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import create_inbox
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from inbox.actions.snooze import snooze_conversation
from routing.models import Routing
from routing.words import because_nobody
from teams.actions.availability import set_capacity
from teams.availability import with_availability
from teams.models import Membership
from tests.conftest import COMMITS
from tests.routing.engine.conftest import change, codes, has, stored, sweep, texts, why


@pytest.fixture
def second(acme):
    """Another inbox of the same people."""
    inbox = create_inbox(acme.workspace, name="Shop", members=[acme.bob, acme.bea])
    Routing.objects.create(workspace=acme.workspace, inbox=inbox, leads=Routing.Leads.QUEUE)
    return inbox


def sentence(membership):
    [again] = with_availability(Membership.objects.with_person().filter(pk=membership.pk))
    return again.sentence


def test_the_limit_counts_over_all_inboxes(acme, second, online, new_visitor):
    online(acme.bob)
    change(acme.bob, capacity=2)
    chosen = [
        has(new_visitor(inbox).writes().conversation)
        for inbox in (acme.inbox, second, second, acme.inbox)
    ]
    assert chosen == ["Bob", "Bob", None, None]


def test_at_capacity_the_next_is_asked(acme, online, new_visitor):
    online(acme.bob, acme.bea)
    change(acme.bob, capacity=1)
    chosen = [has(new_visitor(acme.inbox).writes().conversation) for _ in range(4)]
    assert chosen == ["Bob", "Bea", "Bea", "Bea"]


def test_all_are_full_and_it_says_so(acme, online, new_visitor):
    online(acme.bob, acme.bea)
    change(acme.bob, capacity=1)
    change(acme.bea, capacity=1)
    waiting = [new_visitor(acme.inbox).writes().conversation for _ in range(3)][-1]
    assert has(waiting) is None
    assert codes(waiting) == {"Bob": "at_capacity", "Bea": "at_capacity"}
    assert because_nobody(why(waiting).tally) == "nobody is available (2 at capacity)"
    assert texts(waiting) == ["Waiting: nobody is available (2 at capacity)."]


def resolves(acme, conversation):
    resolve_conversation(conversation, by=acme.bob)


def puts_back(acme, conversation):
    assign_conversation(conversation, assignee=None, by=acme.bob)


def passes_on(acme, conversation):
    assign_conversation(conversation, assignee=acme.alice, by=acme.bob)


def snoozes(acme, conversation):
    snooze_conversation(conversation, until=timezone.now() + timedelta(hours=3), by=acme.bob)


@COMMITS
@pytest.mark.parametrize("bob", [resolves, puts_back, passes_on, snoozes])
def test_room_that_becomes_free_is_filled_at_once_with_the_oldest(
    acme, online, new_visitor, bob, settings
):
    online(acme.bob)
    change(acme.bob, capacity=1)
    first, second, third = [new_visitor(acme.inbox).writes().conversation for _ in range(3)]
    assert [has(each) for each in (first, second, third)] == ["Bob", None, None]
    bob(acme, stored(first))
    assert [has(each) for each in (second, third)] == ["Bob", None]
    assert why(second).trigger == "available"


@COMMITS
def test_a_higher_limit_is_room(acme, online, new_visitor):
    online(acme.bob)
    change(acme.bob, capacity=1)
    waiting = [new_visitor(acme.inbox).writes().conversation for _ in range(4)][1:]
    set_capacity(acme.bob, 3, by=acme.alice)
    assert [has(each) for each in waiting] == ["Bob", "Bob", None]
    set_capacity(acme.bob, None, by=acme.alice)
    assert has(waiting[-1]) == "Bob"


def test_a_person_may_give_more_than_the_limit(acme, online, new_visitor):
    online(acme.bob)
    change(acme.bob, capacity=1)
    waiting = [new_visitor(acme.inbox).writes().conversation for _ in range(2)][-1]
    assert assign_conversation(waiting, assignee=acme.bob, by=acme.alice)
    assert has(waiting) == "Bob"
    assert sentence(acme.bob) == "Busy: 2 of 1 chats"


def test_what_is_reopened_counts_before_somebody_keeps_it(acme, online, vera, new_visitor):
    online(acme.bob)
    change(acme.bob, capacity=1)
    conversation = vera.writes().conversation
    resolve_conversation(conversation, by=acme.bob)
    assert has(new_visitor(acme.inbox).writes().conversation) == "Bob"
    vera.writes("again")
    assert has(conversation) is None
    sweep()
    assert has(conversation) is None


def test_room_counts_again_what_an_agent_reopens(acme, online, vera, new_visitor):
    online(acme.bob)
    change(acme.bob, capacity=1)
    conversation = vera.writes().conversation
    resolve_conversation(conversation, by=acme.bob)
    reopen_conversation(stored(conversation), by=acme.bob)
    assert has(new_visitor(acme.inbox).writes().conversation) is None


def test_the_sentence_says_how_many(acme, online, new_visitor):
    online(acme.bob)
    assert sentence(acme.bob) == "Available"
    change(acme.bob, capacity=5)
    for count in range(5):
        assert sentence(acme.bob) == f"Available: {count} of 5 chats"
        new_visitor(acme.inbox).writes()
    assert sentence(acme.bob) == "Busy: 5 of 5 chats"
