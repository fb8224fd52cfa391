"""During a flood of new conversations each agent gets a digest instead of hundreds of emails."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Conversation
from outbox.models import Delivery
from outbox.sending import claim
from routing.emails.digest import HOUR
from routing.emails.pacing import EMAIL_INTERVAL, FIRST_DELAY
from routing.emails.sweep import email_about_unanswered
from tests.conftest import Vera
from tests.routing.mails import deliver, mailed, pass_time

FEW = 3
MANY = 6


@pytest.fixture
def flood(acme, monkeypatch):
    monkeypatch.setattr("routing.emails.digest.MAX_PER_HOUR", FEW)

    def writes(number=MANY):
        for _ in range(number):
            Vera(acme.inbox).writes("Hello?")

    return writes


def test_over_the_hourly_limit_one_digest_replaces_the_emails(acme, flood):
    flood()
    pass_time(FIRST_DELAY)
    *singles, digest = mailed("bob")
    assert len(singles) == FEW
    assert digest.subject == f"{MANY} conversations are waiting for a reply in Acme"
    for part in (digest.body, digest.alternatives[0].content):
        assert f"{MANY} conversations" in part
        assert "/w/acme/conversations/" in part
    assert not Delivery.objects.filter(state="waiting").exists()
    email_about_unanswered()
    pass_time(2 * HOUR)
    assert len(mailed("bob")) == FEW + 1


def test_emails_after_the_digest_wait_for_the_limit(acme, flood):
    flood()
    pass_time(FIRST_DELAY)
    flood(2)
    pass_time(EMAIL_INTERVAL)
    assert len(mailed("bob")) == FEW + 1
    pass_time(HOUR - EMAIL_INTERVAL)
    assert len(mailed("bob")) == FEW + 3


def test_a_digest_that_failed_replaces_no_email(acme, flood, monkeypatch):
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


def test_two_workers_make_one_digest(acme, flood):
    flood(FEW)
    pass_time(FIRST_DELAY)
    flood(2)
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    first = Delivery.objects.filter(recipient="bob@acme.example", state="waiting").earliest("pk")
    claim(first.pk)
    deliver()
    assert len(mailed("bob")) == FEW


def test_assigned_conversations_are_not_counted(acme, flood):
    flood()
    assert Conversation.objects.count() == MANY
    Conversation.objects.filter(number__gt=FEW + 2).update(assignee=acme.bea)
    pass_time(FIRST_DELAY)
    assert mailed("bob")[-1].subject.startswith(f"{FEW + 2} conversations")
