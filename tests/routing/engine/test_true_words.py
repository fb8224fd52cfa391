"""Reasons don't say that someone was emailed who is online, or may be."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.resolution import resolve_conversation
from messagehub.lib import redis
from outbox import sending
from outbox.models import Delivery
from routing.tasks import sweep_overdue, sweep_waiting
from teams import presence
from tests.routing.engine.conftest import (
    assignee_name,
    change,
    connect,
    disconnect,
    expire_timer,
    last_decision,
    set_targets,
    start_conversation,
    stored,
    texts,
)
from tests.routing.hours import ALWAYS_CLOSED


def addresses_mailed():
    """Send the queued emails."""
    Delivery.objects.update(next_attempt_at=timezone.now())
    sending.deliver_due()
    return [message.to for message in mail.outbox]


def says_nothing_of_email(conversation):
    return "email" not in texts(conversation)[-1] + last_decision(conversation).sentence


@pytest.fixture
def owned_by_busy_bob(acme, rules, vera):
    """Bob owns Vera's contact, is online, and has as many conversations as he takes."""
    rules(to_owner=True)
    change(acme.bob, capacity=1)
    connect(acme.bob)
    conversation = vera.writes().conversation
    resolve_conversation(conversation, by=acme.bob)
    set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
    assign_conversation(start_conversation(acme.inbox), assignee=acme.bob, by=acme.alice)
    return conversation


@pytest.mark.parametrize("keep_reopened", [False, True])
def test_a_busy_owner_is_not_said_to_have_been_emailed(
    owned_by_busy_bob, vera, rules, keep_reopened
):
    rules(keep_reopened=keep_reopened)
    vera.writes("again")
    assert (assignee_name(owned_by_busy_bob), last_decision(owned_by_busy_bob).rule) == (
        "Bob",
        "owner_online",
    )
    assert last_decision(owned_by_busy_bob).sentence == (
        "Bob owns this contact and is online, though not available for a new conversation."
    )
    assert says_nothing_of_email(owned_by_busy_bob)
    assert addresses_mailed() == []


def test_a_busy_owner_is_emailed_once_they_have_left(acme, owned_by_busy_bob, vera):
    vera.writes("again")
    disconnect(acme.bob)
    assert addresses_mailed() == [["bob@acme.example"]]


def test_a_lead_of_a_closed_inbox_goes_to_an_online_agent_without_email(acme, rules):
    rules(leads="assign")
    acme.inbox.members.exclude(membership=acme.bob).delete()
    acme.inbox.hours = ALWAYS_CLOSED
    acme.inbox.save()
    connect(acme.bob)
    conversation = start_conversation(acme.inbox)
    assert (assignee_name(conversation), last_decision(conversation).rule) == ("Bob", "lead_online")
    assert (
        last_decision(conversation).sentence
        == "No agent was available. Bob was next in rotation and is online."
    )
    assert says_nothing_of_email(conversation)
    assert addresses_mailed() == []


# --- Redis was emptied: presence is unknown for a while ---


@pytest.fixture
def bobs_visitor(acme, vera):
    """Bob has her conversation and is online; Redis forgot him, and only Bea's page has beaten."""
    acme.inbox.members.exclude(membership=acme.bob).delete()
    connect(acme.bob)
    assert assignee_name(vera.writes().conversation) == "Bob"
    redis.client().flushdb()
    presence.record_heartbeat(acme.bea, "another-tab")
    return vera


def test_an_agent_who_may_be_online_is_emailed_once_it_is_sure_that_they_are_not(bobs_visitor):
    bobs_visitor.writes("two")
    assert addresses_mailed() == []
    assert Delivery.objects.get().state == "waiting"
    redis.client().set(presence.HEARD_SINCE, 1)
    assert addresses_mailed() == [["bob@acme.example"]]


def test_the_sweep_does_not_email_them_either(bobs_visitor):
    conversation = stored(bobs_visitor.writes("two").conversation)
    Delivery.objects.all().delete()
    conversation.waiting_since -= timedelta(minutes=2)
    conversation.save(update_fields=["waiting_since"])
    sweep_waiting()
    assert not Delivery.objects.exists()


def test_an_owner_who_may_be_online_is_not_said_to_have_been_emailed(acme, rules, bobs_visitor):
    rules(to_owner=True)
    conversation = bobs_visitor.writes("two").conversation
    resolve_conversation(conversation, by=acme.bob)
    set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
    bobs_visitor.writes("three")
    assert (assignee_name(conversation), last_decision(conversation).rule) == (
        "Bob",
        "owner_unknown",
    )
    assert says_nothing_of_email(conversation)


# --- An agent who didn't answer in time is better than none ---


def test_an_owner_it_timed_out_for_and_who_is_online_comes_before_an_absent_lead(
    acme, rules, hire, vera
):
    olga = hire("Olga")
    set_targets(acme.inbox, acme.bob, acme.bea)
    rules(to_owner=True, owner_minutes=5, leads="assign")
    conversation = vera.writes().conversation
    resolve_conversation(conversation, by=acme.bob)
    set_owner(conversation.contact, owner=olga, by=acme.alice)
    connect(olga, acme.bob)
    vera.writes("again")
    expire_timer(conversation)
    sweep_overdue()
    assert assignee_name(conversation) == "Bob"
    disconnect(acme.bob)
    assign_conversation(stored(conversation), assignee=None, by=acme.bob)
    assert assignee_name(conversation) == "Olga"
