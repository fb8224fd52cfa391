"""Recipients whom an email did not reach get another, without what they already got."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from outbox import sending
from outbox.models import Delivery
from routing.tasks import sweep_waiting
from teams.actions.membership import reactivate_member, suspend_member
from teams.actions.notifications import set_notifications
from tests.conftest import Vera
from tests.routing.chat import mails
from tests.routing.mails import deliver, mailed, pass_time

MINUTE = timedelta(minutes=1)


def set_wanted(person, *, mine):
    wanted = {
        "email_mine": mine,
        "email_queue": True,
        "email_mentions": True,
        "quiet_from": None,
        "quiet_to": None,
    }
    set_notifications(person, **wanted, by=person)


def minutes_pass(count, *, sweep_every=5):
    for _ in range(count // sweep_every):
        pass_time(sweep_every * MINUTE)
        sweep_waiting()
    pass_time(MINUTE)


@pytest.fixture
def queued_email(acme, lead_to_bob):
    """The sweep queued an email to Bob about his conversation; none has left yet."""
    pass_time(2 * MINUTE)
    Delivery.objects.all().delete()
    mail.outbox.clear()
    sweep_waiting()
    assert Delivery.objects.get().state == "waiting"


def test_turning_email_off_and_on_again_sends_it_once(acme, queued_email):
    set_wanted(acme.bob, mine=False)
    pass_time(MINUTE)
    assert Delivery.objects.get().state == "cancelled"
    minutes_pass(20)
    assert mailed("bob") == []
    set_wanted(acme.bob, mine=True)
    minutes_pass(20)
    assert len(mailed("bob")) == 1


def test_changing_the_address_and_back_sends_it_once(acme, queued_email):
    user = acme.bob.user
    user.email = "other@acme.example"
    user.save()
    pass_time(MINUTE)
    assert Delivery.objects.get().state == "cancelled"
    user.email = "bob@acme.example"
    user.save()
    minutes_pass(20)
    assert len(mailed("bob")) == 1


def test_a_member_suspended_for_a_while_gets_it_once(acme, vera):
    acme.inbox.members.exclude(membership=acme.bob).delete()
    vera.writes()
    suspend_member(acme.bob, by=acme.alice)
    pass_time(MINUTE)
    assert mailed("bob") == []
    reactivate_member(acme.bob, by=acme.alice)
    minutes_pass(20)
    assert len(mailed("bob")) == 1


def test_a_member_who_read_it_gets_none(acme, queued_email, sign_in):
    conversation = Delivery.objects.get().about
    client = sign_in(acme.bob)
    number = acme.inbox.conversations.get(pk=conversation).number
    client.post(f"/w/acme/conversations/{number}/read/", {"seq": 99})
    minutes_pass(30)
    assert mailed("bob") == []
    assert Delivery.objects.count() == 1


# --- Two workers at once ---


@pytest.fixture
def two_workers(monkeypatch):
    """While one email is being sent, a second worker sends all that are due."""
    send, busy = sending.send, []

    def send_beside_another(delivery, letter):
        if not busy:
            busy.append(delivery)
            deliver()
            busy.pop()
        send(delivery, letter)

    monkeypatch.setattr(sending, "send", send_beside_another)


def test_two_workers_send_an_agent_one_email(acme, vera, lead_to_bob, two_workers):
    """The first try hung while the contact wrote again, and then both were due."""
    vera.writes("Two")
    Delivery.objects.update(state="sending")
    vera.writes("Three")
    assert Delivery.objects.count() == 2
    Delivery.objects.update(state="waiting", next_attempt_at=timezone.now() - MINUTE)
    deliver()
    pass_time(20 * MINUTE)
    assert len(mailed("bob")) == 1
    assert "Three" in mailed("bob")[0].body


def test_two_workers_send_a_contact_one_email(chat, two_workers):
    chat.bob_answers("Yes.")
    Delivery.objects.filter(kind="reply").update(state="sending")
    chat.bob_answers("In red.")
    Delivery.objects.filter(kind="reply").update(state="waiting")
    assert Delivery.objects.filter(kind="reply").count() == 2
    chat.pass_time(6 * MINUTE)
    chat.pass_time(6 * MINUTE)
    assert len(mails()) == 1
    assert "In red." in mails()[0].body


# --- After a digest ---


def test_the_next_email_has_only_what_none_had(acme, vera):
    conversation = vera.writes("first words").conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    Delivery.objects.all().delete()
    pass_time(2 * MINUTE)
    sweep_waiting()
    pass_time(MINUTE)
    assert "first words" in mailed("bob")[-1].body
    vera.writes("second words")
    for number in range(11):
        another = Vera(acme.inbox).writes(f"other {number}").conversation
        assign_conversation(another, assignee=acme.bob, by=acme.alice)
    last = Delivery.objects.filter(about=conversation.pk, state="waiting")
    payload = last.get().payload | {"upto": 99}  # left by a try that failed
    last.update(next_attempt_at=timezone.now() + 11 * MINUTE, payload=payload)
    pass_time(2 * MINUTE)
    sweep_waiting()
    pass_time(MINUTE)
    pass_time(9 * MINUTE)
    assert "conversations are waiting" in mailed("bob")[-1].subject
    pass_time(70 * MINUTE)
    vera.writes("third words")
    pass_time(MINUTE)
    body = mailed("bob")[-1].body
    assert "third words" in body
    assert "second words" in body
    assert "first words" not in body
