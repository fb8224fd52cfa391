"""A flood of new chats is one mail an hour to each, not hundreds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Conversation
from outbox.models import Delivery
from outbox.sending import claim
from routing.emails.pacing import EMAIL_INTERVAL, FIRST_DELAY
from routing.emails.sweep import email_about_unanswered
from routing.emails.digest import HOUR
from tests.conftest import Vera
from tests.routing.mails import deliver, mailed, pass_time

FEW = 3
MANY = 6


@pytest.fixture
def flood(acme, monkeypatch):
    monkeypatch.setattr("routing.emails.digest.MOST_AN_HOUR", FEW)

    def writes(number=MANY):
        for _ in range(number):
            Vera(acme.inbox).writes("Hello?")

    return writes


def test_so_many_an_hour_and_then_one_that_says_how_many_wait(acme, flood):
    flood()
    pass_time(FIRST_DELAY)
    *singles, digest = mailed("bob")
    assert len(singles) == FEW
    assert digest.subject == f"{MANY} conversations are waiting for a reply in Acme"
    for part in (digest.body, digest.alternatives[0].content):
        assert f"{MANY} chats" in part
        assert "/w/acme/conversations/" in part
    assert not Delivery.objects.filter(state="waiting").exists()


def test_the_digest_stands_for_those_it_replaces(acme, flood):
    flood()
    pass_time(FIRST_DELAY)
    email_about_unanswered()
    pass_time(2 * HOUR)
    assert len(mailed("bob")) == FEW + 1


def test_what_comes_after_the_digest_waits_for_room(acme, flood):
    flood()
    pass_time(FIRST_DELAY)
    flood(2)
    pass_time(EMAIL_INTERVAL)
    assert len(mailed("bob")) == FEW + 1
    pass_time(HOUR - EMAIL_INTERVAL)
    assert len(mailed("bob")) == FEW + 3


def test_a_digest_that_did_not_leave_replaces_no_email(acme, flood, monkeypatch):
    flood(FEW)
    pass_time(FIRST_DELAY)
    flood(2)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        pass_time(FIRST_DELAY)
    assert Delivery.objects.filter(recipient="bob@acme.example", state="waiting").count() == 2
    Delivery.objects.update(next_attempt_at=timezone.now())
    deliver()
    assert len(mailed("bob")) == FEW + 1


def refuse(*args, **kwargs):
    raise OSError("no mail server")


def test_two_senders_at_once_make_one_digest(acme, flood):
    flood(FEW)
    pass_time(FIRST_DELAY)
    flood(2)
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    first = Delivery.objects.filter(recipient="bob@acme.example", state="waiting").earliest("pk")
    claim(first.pk)
    deliver()
    assert len(mailed("bob")) == FEW


def test_conversations_with_an_agent_are_not_counted(acme, flood):
    flood()
    assert Conversation.objects.count() == MANY
    Conversation.objects.filter(number__gt=FEW + 2).update(assignee=acme.bea)
    pass_time(FIRST_DELAY)
    assert mailed("bob")[-1].subject.startswith(f"{FEW + 2} chats")
