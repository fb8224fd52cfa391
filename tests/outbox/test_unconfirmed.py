"""Between the final dot and the mail server's response it is unknown whether an email arrives."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone

from outbox import attempts
from outbox.actions import queue_delivery, retry_delivery
from outbox.attempts import MAX_ATTEMPTS
from outbox.kinds import RenderedEmail, email_renderer
from outbox.models import Delivery
from outbox.sending import claim, deliver_due, mark_unconfirmed
from tests.conftest import COMMITS
from tests.outbox.test_outbox import queue, states


def again():
    Delivery.objects.update(next_attempt_at=timezone.now(), leased_until=Now())
    deliver_due()
    return Delivery.objects.get()


def test_a_server_that_responds_late_gets_the_email_once(db, host, settings):
    settings.EMAIL_TIMEOUT, host.pause = 1, 2
    queue()
    deliver_due()
    assert states() == ["sent"]
    assert len(host.received) == 1


def test_a_line_with_a_single_dot_does_not_end_the_email(db, host):
    queue_delivery(
        kind="email", to="bob@acme.example", payload={"subject": "x", "text": "a\n.\n..b\nend"}
    )
    deliver_due()
    assert states() == ["sent"]
    assert "\n..\r\n...b" in host.received[0]


def test_without_a_response_it_is_sent_again_and_logged(acme, host, monkeypatch, caplog):
    host.gate.clear()
    with monkeypatch.context() as patch:
        patch.setattr("outbox.smtp.RESPONSE_SECONDS", 0.2)
        delivery = queue(workspace=acme.workspace)
        deliver_due()
        assert states() == ["waiting"]
        assert f"it may arrive twice with the same Message-ID {delivery.message_id}" in caplog.text
        delivery = again()
    assert (delivery.state, delivery.reason) == ("failed", "unanswered")
    assert again().attempts == 2
    assert retry_delivery(delivery)
    host.gate.set()
    assert again().state == "sent"


def test_an_error_response_means_it_did_not_arrive(db, host):
    host.answers = [451] * 5
    queue()
    for _ in range(5):
        assert again().unconfirmed_attempts == 0
    assert again().state == "sent"


def test_a_sender_that_dies_after_the_final_dot_causes_one_repeat(db, caplog):
    delivery = queue()
    mark_unconfirmed(claim(delivery.pk))
    assert again().state == "sent"
    assert "its sender died while sending; it may arrive twice" in caplog.text
    assert len(mail.outbox) == 1


def test_an_email_fails_after_two_senders_died(db):
    delivery = queue()
    for _ in range(2):
        mark_unconfirmed(claim(delivery.pk))
        Delivery.objects.update(leased_until=Now())
    delivery = again()
    assert (delivery.state, delivery.reason) == ("failed", "unanswered")
    assert mail.outbox == []


def test_senders_that_die_before_the_final_dot_are_limited_too(db):
    delivery = queue()
    for _ in range(MAX_ATTEMPTS):
        assert claim(delivery.pk)
        Delivery.objects.update(leased_until=Now())
    delivery = again()
    assert (delivery.state, delivery.reason) == ("failed", "broken")


@email_renderer("test-slow")
def slow_email(delivery):
    """Let another sender claim it meanwhile because the lease expired."""
    Delivery.objects.filter(pk=delivery.pk).update(leased_until=Now())
    assert claim(delivery.pk)
    return RenderedEmail(subject="Hello", text="Text")


def test_a_sender_without_its_lease_does_not_send(db):
    queue_delivery(kind="test-slow", to="bob@acme.example", payload={})
    deliver_due()
    assert mail.outbox == []
    assert states() == ["sending"]


def test_a_sender_without_its_lease_does_not_send_the_final_dot(db, host):
    queue_delivery(kind="test-slow", to="bob@acme.example", payload={})
    deliver_due()
    assert states() == ["sending"]
    assert host.received == []


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_lease_goes_by_the_databases_clock(db, monkeypatch, off):
    delivery = queue()
    real = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: max(real + off, real))
    assert claim(delivery.pk)
    monkeypatch.setattr("django.utils.timezone.now", lambda: real + off)
    assert claim(delivery.pk) is None
    Delivery.objects.update(leased_until=Now() - timedelta(seconds=1))
    assert claim(delivery.pk)


@COMMITS
@pytest.mark.parametrize("moment", ["store_end", "send_delivery_ended"])
def test_the_result_is_stored_once_the_database_is_back(monkeypatch, moment):
    """This includes losing the database between the update and the commit."""
    tries, real = [], getattr(attempts, moment)

    def away_twice(*arguments):
        tries.append(moment)
        if len(tries) < 3:
            raise OperationalError("the database system is starting up")
        real(*arguments)

    monkeypatch.setattr(attempts, moment, away_twice)
    monkeypatch.setattr("outbox.attempts.STORE_RETRY_SECONDS", 0)
    queue()
    deliver_due()
    assert states() == ["sent"]
    assert len(mail.outbox) == 1
