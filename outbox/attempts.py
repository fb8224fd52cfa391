"""Record how an attempt to send ends: sent, to be retried, or failed."""

import logging
import random
import time
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from messagehub.lib.errors import UNAVAILABLE
from outbox.errors import error_text, is_final, is_unanswered, reason_for
from outbox.models import Delivery
from outbox.send_slots import send_slots
from outbox.signals import send_delivery_ended

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
MAX_UNCONFIRMED_ATTEMPTS = 2
MAX_PAUSE = timedelta(hours=6)
STORE_SECONDS = 300  # shorter than the lease once the whole email was sent (outbox.sending)
STORE_RETRY_SECONDS = 1


def postpone(delivery, at):
    """Wait until that time, at least a second so that a sweep under way comes to an end."""
    at = max(at, timezone.now() + timedelta(seconds=1))
    finish(
        delivery,
        state=Delivery.State.WAITING,
        next_attempt_at=at,
        attempts=delivery.attempts - 1,
    )


def retry_or_give_up(delivery, error):
    failure = {"last_error": error_text(error), "reason": reason_for(error)}
    if failure["reason"] in ("unreachable", "unanswered"):
        send_slots.pause()
    if is_final(error) or has_used_up_attempts(delivery):
        give_up(delivery, **failure)
        return
    if is_unanswered(error):
        log_may_arrive_twice(delivery, failure["last_error"])
    pause = min(timedelta(seconds=5 * 3 ** (delivery.attempts - 1)), MAX_PAUSE)
    pause *= random.uniform(0.8, 1.2)
    logger.warning(
        "delivery %s is retried in %ss: %s", delivery.pk, pause.seconds, failure["last_error"]
    )
    next_attempt_at = timezone.now() + pause
    finish(delivery, state=Delivery.State.WAITING, next_attempt_at=next_attempt_at, **failure)


def log_may_arrive_twice(delivery, why):
    logger.error(
        "delivery %s to %s: %s; it may arrive twice with the same Message-ID %s",
        delivery.pk,
        delivery.recipient,
        why,
        delivery.message_id,
    )


def has_used_up_attempts(delivery):
    return (
        delivery.attempts >= MAX_ATTEMPTS
        or delivery.unconfirmed_attempts >= MAX_UNCONFIRMED_ATTEMPTS
    )


def give_up(delivery, **failure):
    logger.error(
        "delivery %s to %s failed: %s", delivery.pk, delivery.recipient, failure["last_error"]
    )
    if delivery.workspace_id is None:
        delivery.delete_secrets()  # it is on no workspace's page, so no one can retry it
    finish(delivery, state=Delivery.State.FAILED, failed_at=timezone.now(), **failure)


def finish(delivery, **fields):
    """Store the end of an attempt, unless another sender holds the lease by now."""
    fields |= {
        "subject": delivery.subject,
        "payload": delivery.payload,
        "provider_id": delivery.provider_id,
        "unconfirmed_attempts": delivery.unconfirmed_attempts,
        "leased_until": None,
        "lease": None,
    }
    own = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease)
    store_patiently(lambda: store_end(delivery, own, fields))


def store_patiently(store):
    """Call `store` until the database takes it, each time with a fresh connection.

    An email that left and is not marked as sent leaves again, so a restart of PostgreSQL must not
    lose the mark.
    """
    deadline = time.monotonic() + STORE_SECONDS
    while True:
        try:
            return store()
        except UNAVAILABLE as error:
            if connection.in_atomic_block or time.monotonic() > deadline:
                raise
            logger.warning("the result of a delivery could not be stored yet: %s", error)
            connection.close()
            time.sleep(STORE_RETRY_SECONDS)


def store_end(delivery, own, fields):
    with transaction.atomic():
        if not own.update(**fields):
            return
        for name, value in fields.items():
            setattr(delivery, name, value)
        if delivery.has_ended:
            send_delivery_ended(delivery)
