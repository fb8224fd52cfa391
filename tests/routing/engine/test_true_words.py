"""«Emailed» is said of whoever is: not of somebody who sits there, or may."""

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
from tests.conftest import Vera
from tests.routing.engine.conftest import (
    aim,
    change,
    connect,
    disconnect,
    has,
    stored,
    sweep,
    texts,
    time_is_over,
    why,
)

ALWAYS_CLOSED = {"off": [{"first": "2000-01-01", "last": "2999-12-31"}]}


def send_what_waits():
    Delivery.objects.update(next_attempt_at=timezone.now())
    sending.deliver_due()


@pytest.fixture
def bobs_contact(acme, rules):
    """Bob owns Vera's contact, is there, and has as many chats as he takes."""

    def make(**more):
        rules(to_owner=True, **more)
        change(acme.bob, capacity=1)
        connect(acme.bob)
        vera = Vera(acme.inbox)
        conversation = vera.writes().conversation
        resolve_conversation(conversation, by=acme.bob)
        set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
        another = Vera(acme.inbox).writes().conversation
        assign_conversation(another, assignee=acme.bob, by=acme.alice)
        vera.writes("again")
        return conversation

    return make


@pytest.mark.parametrize("keep_reopened", [False, True])
def test_an_owner_who_is_full_sits_there(bobs_contact, keep_reopened):
    conversation = bobs_contact(keep_reopened=keep_reopened)
    assert (has(conversation), why(conversation).rule) == ("Bob", "owner_there")
    assert why(conversation).sentence == (
        "Bob owns this contact and is there, though not available for a new chat."
    )
    assert "email" not in texts(conversation)[-1]
    send_what_waits()
    assert mail.outbox == []


def test_the_full_owner_is_told_by_email_once_they_have_gone(acme, bobs_contact):
    bobs_contact()
    disconnect(acme.bob)
    send_what_waits()
    assert [message.to for message in mail.outbox] == [["bob@acme.example"]]


def test_a_lead_goes_to_somebody_who_is_there_while_the_inbox_is_closed(acme, rules):
    rules(leads="turn")
    acme.inbox.members.exclude(membership=acme.bob).delete()
    acme.inbox.hours = ALWAYS_CLOSED
    acme.inbox.save()
    connect(acme.bob)
    conversation = Vera(acme.inbox).writes().conversation
    assert (has(conversation), why(conversation).rule) == ("Bob", "lead_there")
    assert why(conversation).sentence == "Nobody was available: Bob was next in turn, and is there."
    assert "email" not in texts(conversation)[-1]
    send_what_waits()
    assert mail.outbox == []


# --- Redis was emptied: nobody knows yet who is there ---


@pytest.fixture
def emptied(acme):
    """Bob has a chat and sits there; Redis lost that, and only Bea's page has beaten since."""
    acme.inbox.members.exclude(membership=acme.bob).delete()
    connect(acme.bob)
    vera = Vera(acme.inbox)
    assert has(vera.writes().conversation) == "Bob"
    redis.client().flushdb()
    presence.beat(acme.bea, "another-tab")
    return vera


def test_who_may_be_there_is_not_mailed_yet(acme, emptied):
    emptied.writes("two")
    send_what_waits()
    assert mail.outbox == []
    assert Delivery.objects.get().state == "waiting"


def test_the_sweep_does_not_mail_them_either(acme, emptied):
    conversation = stored(emptied.writes("two").conversation)
    Delivery.objects.all().delete()
    conversation.waiting_since -= timedelta(minutes=2)
    conversation.save(update_fields=["waiting_since"])
    sweep_waiting()
    assert not Delivery.objects.exists()


def test_once_it_is_sure_that_they_have_gone_they_are(acme, emptied):
    emptied.writes("two")
    redis.client().set(presence.SINCE, 1)
    send_what_waits()
    assert [message.to for message in mail.outbox] == [["bob@acme.example"]]


def test_of_an_owner_who_may_be_there_nothing_is_said_that_may_be_false(acme, rules, emptied):
    rules(to_owner=True)
    conversation = emptied.writes("two").conversation
    resolve_conversation(conversation, by=acme.bob)
    set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
    emptied.writes("three")
    assert (has(conversation), why(conversation).rule) == ("Bob", "owner_unknown")
    assert "email" not in why(conversation).sentence
    assert "email" not in texts(conversation)[-1]


# --- Better somebody who let it pass than nobody ---


def test_an_owner_who_let_it_pass_and_is_there_has_it_before_an_absent_lead(acme, rules, hire):
    olga = hire("Olga")
    aim(acme.inbox, acme.bob, acme.bea)
    rules(to_owner=True, owner_minutes=5, leads="turn")
    vera = Vera(acme.inbox)
    conversation = vera.writes().conversation
    resolve_conversation(conversation, by=acme.bob)
    set_owner(conversation.contact, owner=olga, by=acme.alice)
    connect(olga, acme.bob)
    vera.writes("again")
    time_is_over(conversation)
    sweep_overdue()
    assert has(conversation) == "Bob"
    disconnect(acme.bob)
    assign_conversation(stored(conversation), assignee=None, by=acme.bob)
    assert has(conversation) == "Olga"


# --- Taken from somebody by another ---


def test_what_another_took_from_somebody_is_not_given_back_to_them(acme):
    connect(acme.bob)
    conversation = Vera(acme.inbox).writes().conversation
    assert has(conversation) == "Bob"
    assign_conversation(stored(conversation), assignee=None, by=acme.alice)
    assert has(conversation) is None
    assert why(conversation).tally["put_it_back"] == 1
    sweep()
    assert has(conversation) is None
    connect(acme.bea)
    sweep()
    assert has(conversation) == "Bea"
