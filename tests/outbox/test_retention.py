"""What left long ago is forgotten, and the secrets of what failed sooner."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.utils import timezone

from messagehub.lib.retention import delete_oldest
from outbox.models import Delivery
from outbox.retention import KEPT, SECRETS_KEPT
from outbox.sending import deliver_due
from outbox.tasks import forget
from tests.outbox.test_outbox import queue

DAY = timedelta(days=1)


def old(state, *, created, **times):
    """A delivery made so long ago; its id tells, as all of them do."""
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
def test_what_ended_long_ago_is_forgotten(db, state):
    old(state, created=KEPT + DAY)
    kept = old(state, created=KEPT - DAY)
    forget()
    assert Delivery.objects.get() == kept


@pytest.mark.parametrize("state", ["waiting", "sending"])
def test_what_has_not_ended_stays(db, state):
    old(state, created=10 * KEPT)
    forget()
    assert Delivery.objects.count() == 1


def test_the_period_begins_with_the_end(db):
    lately = timezone.now() - DAY
    old("sent", created=KEPT + DAY, sent_at=lately)
    old("bounced", created=KEPT + DAY, sent_at=timezone.now() - KEPT - DAY, failed_at=lately)
    forget()
    assert Delivery.objects.count() == 2


def test_so_many_at_a_time(db, monkeypatch):
    few = partial(delete_oldest, most=2)
    monkeypatch.setattr("outbox.retention.delete_oldest", few)
    for number in range(3):
        old("sent", created=KEPT + DAY * (number + 1))
    forget()
    assert Delivery.objects.get().created_at > timezone.now() - KEPT - 2 * DAY


def fail(**fields):
    delivery = queue(to="unknown@acme.example", **fields)
    Delivery.objects.filter(pk=delivery.pk).update(state="failed", failed_at=timezone.now())
    return delivery


def test_the_text_of_a_failed_mail_of_nobodys_page_is_forgotten_at_once(db, monkeypatch):
    delivery = queue()

    def refuses(*args, **kwargs):
        raise ValueError("no")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuses)
    deliver_due(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    assert delivery.payload == {"subject": "Hello"}


def test_so_is_that_of_earlier_ones(db):
    delivery = fail()
    forget()
    delivery.refresh_from_db()
    assert delivery.payload == {"subject": "Hello"}


def test_what_an_administrator_can_retry_keeps_its_text_for_a_week(acme):
    delivery = fail(workspace=acme.workspace)
    forget()
    delivery.refresh_from_db()
    assert delivery.can_be_retried
    Delivery.objects.update(failed_at=timezone.now() - SECRETS_KEPT)
    forget()
    delivery.refresh_from_db()
    assert not delivery.can_be_retried
    assert delivery.payload == {"subject": "Hello"}
