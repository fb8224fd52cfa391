"""Every email is sent once, with real PostgreSQL, Redis, worker and mail server."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from messagehub.lib import redis
from messagehub.lib.clock import claim_key
from outbox.actions import cancel_deliveries, queue_delivery, queue_email, retry_delivery
from outbox.attempts import MAX_ATTEMPTS
from outbox.models import Delivery
from outbox.sending import LEASE, claim, deliver_due
from outbox.tasks import sweep
from tests.conftest import COMMITS, in_parallel
from tests.processes import PATIENCE, until, worker

LETTER = {"subject": "Hello", "text": "Text"}


def queue(to="bob@acme.example", **fields):
    return queue_email(to=to, **LETTER, **fields)


def states():
    return sorted(Delivery.objects.values_list("state", flat=True))


def test_a_rolled_back_transaction_queues_nothing(transactional_db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue()
        raise ZeroDivisionError
    assert not Delivery.objects.exists()


def test_the_same_key_is_queued_once(db):
    assert queue(key="k").pk == queue(key="k").pk
    assert Delivery.objects.count() == 1


@COMMITS
def test_parallel_calls_with_one_key_queue_one_email():
    in_parallel(20, lambda _number: queue(key="k"))
    assert Delivery.objects.count() == 1


def test_an_email_has_headers_against_loops_and_repeats(db):
    delivery = queue()
    deliver_due(delivery.pk)
    (message,) = mail.outbox
    assert message.extra_headers["Message-ID"] == delivery.message_id
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert states() == ["sent"]


def test_a_sent_email_is_not_sent_again(db):
    delivery = queue()
    for _ in range(3):
        deliver_due(delivery.pk)
    sweep()
    assert len(mail.outbox) == 1


def test_line_ends_in_a_subject_add_no_header(db):
    queue_email(to="bob@acme.example", subject="Hi\r\nBcc: x@evil.example", text="Text")
    deliver_due()
    assert mail.outbox[0].subject == "Hi Bcc: x@evil.example"
    assert mail.outbox[0].recipients() == ["bob@acme.example"]


def test_a_temporary_refusal_is_retried_later(db, host):
    host.answers = [451]
    delivery = queue()
    deliver_due(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == "waiting"
    assert delivery.next_attempt_at > timezone.now()
    assert "451" in delivery.last_error
    Delivery.objects.update(next_attempt_at=timezone.now())
    sweep()
    assert states() == ["sent"]
    assert host.message_ids() == [delivery.message_id]


def test_a_permanent_refusal_is_final_until_someone_retries(acme, host):
    delivery = queue(to="unknown@acme.example", workspace=acme.workspace)
    deliver_due(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    sweep()
    assert host.received == []
    Delivery.objects.update(recipient="bob@acme.example")
    assert retry_delivery(delivery)
    sweep()
    assert states() == ["sent"]


def test_an_unreachable_mail_server_is_retried_up_to_the_limit(db, settings):
    settings.EMAIL_BACKEND = "outbox.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    queue()
    for _ in range(MAX_ATTEMPTS):
        assert deliver_due() is not None
        Delivery.objects.update(next_attempt_at=timezone.now())
    assert states() == ["failed"]
    assert deliver_due() is None


def test_a_waiting_email_can_be_cancelled(db):
    later = timezone.now() + timedelta(hours=1)
    fields = {"kind": "email", "payload": LETTER, "at": later}
    queue_delivery(to="bob@acme.example", **fields)
    sweep()
    assert mail.outbox == []
    cancel_deliveries(Delivery.objects.all())
    assert states() == ["cancelled"]


def test_a_lease_keeps_other_senders_away_until_it_expires(db, caplog):
    delivery = queue()
    assert claim(delivery.pk)
    assert claim(delivery.pk) is None
    Delivery.objects.update(leased_until=timezone.now() - LEASE)
    assert claim(delivery.pk)
    assert "its sender died before the end of the email" in caplog.text


@COMMITS
def test_parallel_senders_send_each_email_once(host):
    ids = [queue(to=f"p{number}@acme.example").message_id for number in range(40)]

    def send_all(_number):
        while deliver_due():
            pass

    in_parallel(8, send_all)
    assert sorted(host.message_ids()) == sorted(ids)


@COMMITS
def test_the_worker_sends_after_the_commit(host):
    """It is sent at once: the test has claimed the sweep, so the worker doesn't start it."""
    redis.client().set(claim_key("outbox.tasks.sweep"), "the test", ex=PATIENCE)
    with worker(EMAIL_URL=f"smtp://127.0.0.1:{host.port}"):
        delivery = queue()
        until(lambda: states() == ["sent"], what="sending by the worker")
    assert host.message_ids() == [delivery.message_id]


def test_queueing_does_not_wait_for_an_unavailable_broker(transactional_db, settings, monkeypatch):
    def away(*args, **kwargs):
        raise OSError("no broker")

    monkeypatch.setattr("celery.app.task.Task.apply_async", away)
    queue(key=str(uuid4()))
    assert states() == ["waiting"]
