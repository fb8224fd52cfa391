"""Old deliveries are deleted, and the secrets of failed ones sooner."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.utils import timezone

from messagehub.lib.retention import delete_oldest
from outbox.models import Delivery
from outbox.retention import RETENTION, SECRETS_RETENTION
from outbox.sending import deliver_due
from outbox.tasks import delete_old_deliveries
from tests.outbox.test_outbox import queue

DAY = timedelta(days=1)


def old(state, *, created, **times):
    """Create a delivery with this age, which also shows in its id."""
    at = timezone.now() - created
    pk = UUID(int=(int(at.timestamp() * 1000) << 80) + Delivery.objects.count())
    return Delivery.objects.create(
        pk=pk,
        key=str(pk),
        kind="test",
        recipient="x@acme.example",
        state=state,
        created_at=at,
        **times,
    )


@pytest.mark.parametrize("state", ["sent", "failed", "bounced", "cancelled"])
def test_deliveries_that_ended_long_ago_are_deleted(db, state):
    old(state, created=RETENTION + DAY)
    kept = old(state, created=RETENTION - DAY)
    delete_old_deliveries()
    assert Delivery.objects.get() == kept


@pytest.mark.parametrize("state", ["waiting", "sending"])
def test_unfinished_deliveries_stay(db, state):
    old(state, created=10 * RETENTION)
    delete_old_deliveries()
    assert Delivery.objects.count() == 1


def test_the_period_begins_when_the_delivery_ends(db):
    yesterday = timezone.now() - DAY
    old("sent", created=RETENTION + DAY, sent_at=yesterday)
    old(
        "bounced",
        created=RETENTION + DAY,
        sent_at=timezone.now() - RETENTION - DAY,
        failed_at=yesterday,
    )
    delete_old_deliveries()
    assert Delivery.objects.count() == 2


def test_deletion_is_in_batches(db, monkeypatch):
    few = partial(delete_oldest, batch_size=2)
    monkeypatch.setattr("outbox.retention.delete_oldest", few)
    for number in range(3):
        old("sent", created=RETENTION + DAY * (number + 1))
    delete_old_deliveries()
    assert Delivery.objects.get().created_at > timezone.now() - RETENTION - 2 * DAY


def fail(**fields):
    delivery = queue(to="unknown@acme.example", **fields)
    Delivery.objects.filter(pk=delivery.pk).update(state="failed", failed_at=timezone.now())
    return delivery


def test_the_text_of_a_failed_email_without_a_workspace_is_deleted_at_once(db, monkeypatch):
    delivery = queue()

    def refuses(*args, **kwargs):
        raise ValueError("no")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuses)
    deliver_due(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    assert delivery.payload == {"subject": "Hello"}


def test_the_task_deletes_the_text_of_earlier_ones_too(db):
    delivery = fail()
    delete_old_deliveries()
    delivery.refresh_from_db()
    assert delivery.payload == {"subject": "Hello"}


def test_a_failed_email_of_a_workspace_keeps_its_text_for_a_week(acme):
    delivery = fail(workspace=acme.workspace)
    delete_old_deliveries()
    delivery.refresh_from_db()
    assert delivery.can_be_retried
    Delivery.objects.update(failed_at=timezone.now() - SECRETS_RETENTION)
    delete_old_deliveries()
    delivery.refresh_from_db()
    assert not delivery.can_be_retried
    assert delivery.payload == {"subject": "Hello"}
