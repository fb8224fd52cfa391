"""Messages while no one is available become email leads, for one agent or the queue."""

import time

import pytest

from messagehub.lib import redis
from routing.explanations import explain_candidate
from routing.models import Decision, Routing
from teams.actions.availability import set_away
from tests.routing.engine.conftest import (
    assignee_name,
    assignees_of_new,
    candidate_statuses,
    change,
    connect,
    last_decision,
    names_emailed,
    start_conversation,
    start_conversations,
    sweep,
    texts,
)
from tests.routing.hours import ALWAYS_CLOSED

pytestmark = pytest.mark.usefixtures("leads_in_turn")


def test_without_anyone_online_the_next_in_turn_gets_it_by_email(acme, vera):
    conversation = vera.writes("Do you ship to Norway?").conversation
    assert (assignee_name(conversation), last_decision(conversation).rule) == ("Bob", "lead")
    assert names_emailed() == ["bob"]
    assert texts(conversation) == [
        "Assigned to Bob: email lead, next in rotation; no agent is available (2 offline)."
    ]


def test_leads_are_assigned_in_turn(acme, hire):
    hire("Ben")
    assert assignees_of_new(acme.inbox, 6) == ["Bob", "Bea", "Ben", "Bob", "Bea", "Ben"]
    assert names_emailed() == ["bea", "bea", "ben", "ben", "bob", "bob"]


def test_a_lead_is_a_turn_like_any_other(acme):
    assert assignees_of_new(acme.inbox, 1) == ["Bob"]
    connect(acme.bob, acme.bea)
    assert assignees_of_new(acme.inbox, 1) == ["Bea"]


def test_agents_who_are_away_get_leads_too(acme, vera):
    connect(acme.bob)
    set_away(acme.bob)
    assert assignee_name(vera.writes().conversation) == "Bob"


def test_agents_who_want_no_email_get_none(acme):
    """It would stay with them without anyone knowing."""
    change(acme.bob, email_mine=False)
    conversations = start_conversations(acme.inbox, 2)
    assert [assignee_name(each) for each in conversations] == ["Bea", "Bea"]
    assert names_emailed() == ["bea", "bea"]
    rows = {
        each["name"]: explain_candidate(each) for each in last_decision(conversations[0]).candidates
    }
    assert rows == {"Bob": "offline, email turned off", "Bea": "offline"}
    change(acme.bea, email_mine=False)
    waiting = start_conversation(acme.inbox)
    assert (assignee_name(waiting), last_decision(waiting).rule) == (None, "queued")


def test_absent_agents_without_room_get_none(acme):
    change(acme.bob, capacity=1)
    change(acme.bea, capacity=1)
    assert assignees_of_new(acme.inbox, 3) == ["Bob", "Bea", None]


def test_while_one_is_online_and_full_it_waits_in_the_queue(acme):
    connect(acme.bob)
    change(acme.bob, capacity=1)
    assigned, waiting = start_conversations(acme.inbox, 2)
    assert (assignee_name(assigned), assignee_name(waiting)) == ("Bob", None)
    assert candidate_statuses(waiting) == {"Bob": "at_capacity", "Bea": "offline"}


def test_while_presence_is_unknown_it_waits(acme, vera):
    connect(acme.bob)
    redis.client().connection_pool.unavailable_until = time.monotonic() + 600
    conversation = vera.writes().conversation
    assert assignee_name(conversation) is None
    assert candidate_statuses(conversation) == {"Bob": "unknown", "Bea": "unknown"}
    redis.client().connection_pool.unavailable_until = 0.0
    sweep()
    assert (assignee_name(conversation), last_decision(conversation).rule) == ("Bob", "round_robin")


def test_an_online_agent_of_a_closed_inbox_gets_a_lead(acme, vera):
    acme.inbox.hours = ALWAYS_CLOSED
    acme.inbox.save()
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assert assignee_name(conversation) == "Bob"
    assert candidate_statuses(conversation) == {"Bob": "inbox_closed", "Bea": "inbox_closed"}
    assert (last_decision(conversation).rule, names_emailed()) == ("lead_online", ["bob"])


def test_a_lead_stays_with_the_agent_who_got_it(acme, vera):
    conversation = vera.writes().conversation
    connect(acme.bea)
    sweep()
    vera.writes("And to Sweden?")
    assert assignee_name(conversation) == "Bob"
    assert Decision.objects.count() == 1
    assert names_emailed() == ["bob"]


def test_in_the_queue_all_candidates_are_emailed_once(acme, vera, rules):
    rules(leads=Routing.Leads.QUEUE)
    conversation = vera.writes().conversation
    vera.writes("Hello?")
    sweep()
    assert assignee_name(conversation) is None
    assert names_emailed() == ["bea", "bob"]
