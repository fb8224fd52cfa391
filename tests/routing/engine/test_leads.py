"""What is written while nobody is there: an email lead, for one person or for the queue."""

import time

import pytest

from messagehub.lib import redis
from routing.models import Decision, Routing
from routing.words import candidate_words
from teams.actions.availability import go_away
from tests.conftest import COMMITS
from tests.routing.engine.conftest import (
    change,
    codes,
    connect,
    has,
    mailed,
    sweep,
    texts,
    why,
)


@pytest.fixture(autouse=True)
def _in_turn(rules):
    rules(leads=Routing.Leads.TURN)


def test_nobody_is_there_and_the_next_in_turn_gets_it_by_email(acme, vera):
    conversation = vera.writes("Do you ship to Norway?").conversation
    assert has(conversation) == "Bob"
    assert why(conversation).rule == "lead"
    assert mailed() == ["bob"]
    assert texts(conversation) == [
        "Assigned to Bob: email lead, next in turn; nobody is available (2 offline)."
    ]


def test_leads_go_round_in_turn(acme, hire, new_visitor):
    hire("Ben")
    leads = [has(new_visitor(acme.inbox).writes().conversation) for _ in range(6)]
    assert leads == ["Bob", "Bea", "Ben", "Bob", "Bea", "Ben"]
    assert mailed() == ["bea", "bea", "ben", "ben", "bob", "bob"]


def test_a_lead_is_a_turn_like_any_other(acme, new_visitor):
    assert has(new_visitor(acme.inbox).writes().conversation) == "Bob"
    connect(acme.bob, acme.bea)
    assert has(new_visitor(acme.inbox).writes().conversation) == "Bea"


def test_away_and_off_duty_people_get_leads_too(acme, vera):
    connect(acme.bob)
    go_away(acme.bob)
    assert has(vera.writes().conversation) == "Bob"


def test_who_wants_no_email_gets_none(acme, vera, new_visitor):
    """It would lie with them, and nobody would know."""
    change(acme.bob, email_mine=False)
    conversations = [new_visitor(acme.inbox).writes().conversation for _ in range(2)]
    assert [has(each) for each in conversations] == ["Bea", "Bea"]
    assert mailed() == ["bea", "bea"]
    rows = {each["name"]: candidate_words(each) for each in why(conversations[0]).candidates}
    assert rows == {"Bob": "offline, wants no email", "Bea": "offline"}


def test_nobody_wants_email_and_it_waits_for_whoever_comes(acme, vera):
    for each in (acme.bob, acme.bea):
        change(each, email_mine=False)
    conversation = vera.writes().conversation
    assert has(conversation) is None
    assert why(conversation).rule == "nobody"


def test_who_is_not_there_but_has_no_room_gets_none(acme, vera, new_visitor):
    change(acme.bob, capacity=1)
    change(acme.bea, capacity=1)
    assert [has(new_visitor(acme.inbox).writes().conversation) for _ in range(3)] == [
        "Bob",
        "Bea",
        None,
    ]


def test_somebody_there_and_full_leaves_it_in_the_queue(acme, new_visitor):
    connect(acme.bob)
    change(acme.bob, capacity=1)
    assert has(new_visitor(acme.inbox).writes().conversation) == "Bob"
    waiting = new_visitor(acme.inbox).writes().conversation
    assert has(waiting) is None
    assert codes(waiting) == {"Bob": "at_capacity", "Bea": "offline"}


def test_nobody_knows_who_is_there_and_it_waits(acme, vera):
    connect(acme.bob)
    redis.client().connection_pool.away_until = time.monotonic() + 60
    conversation = vera.writes().conversation
    assert has(conversation) is None
    assert codes(conversation) == {"Bob": "presence_unknown", "Bea": "presence_unknown"}
    redis.client().connection_pool.away_until = 0.0
    sweep()
    assert has(conversation) == "Bob"
    assert why(conversation).rule == "round_robin"


def test_who_is_there_while_the_inbox_is_closed_gets_a_lead(acme, vera, clock):
    acme.inbox.hours = {"off": [{"first": str(clock().date())}]}
    acme.inbox.save()
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assert has(conversation) == "Bob"
    assert codes(conversation) == {"Bob": "inbox_closed", "Bea": "inbox_closed"}
    assert (why(conversation).rule, mailed()) == ("lead_there", ["bob"])


@COMMITS
def test_a_lead_stays_with_whoever_got_it(acme, vera):
    conversation = vera.writes().conversation
    connect(acme.bea)
    sweep()
    vera.writes("And to Sweden?")
    assert has(conversation) == "Bob"
    assert Decision.objects.count() == 1
    assert mailed() == ["bob"]


def test_in_the_queue_the_whole_pool_is_told_once(acme, vera, rules):
    rules(leads=Routing.Leads.QUEUE)
    conversation = vera.writes().conversation
    vera.writes("Hello?")
    sweep()
    assert has(conversation) is None
    assert mailed() == ["bea", "bob"]
