"""How an attempt ends: it is sent, waits for another one, or has failed."""

import logging
import random
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from outbox.marking import until_stored
from outbox.models import Delivery
from outbox.errors import is_final, is_unanswered, reason_for, error_text
from outbox.send_slots import send_slots
from outbox.signals import send_delivery_ended

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
MOST_HAND_OVERS = 2  # with nobody knowing what became of it
LONGEST_PAUSE = timedelta(hours=6)


def wait_until(delivery, at):
    """Asked again then, not before the next second: a sweep that is under way goes on."""
    at = max(at, timezone.now() + timedelta(seconds=1))
    finish(
        delivery,
        state=Delivery.State.WAITING,
        next_attempt_at=at,
        attempts=delivery.attempts - 1,
    )


def put_off(delivery, error):
    failure = {"last_error": error_text(error), "reason": reason_for(error)}
    if failure["reason"] in ("unreachable", "unanswered"):
        send_slots.pause()
    if is_final(error) or is_given_up(delivery):
        give_up(delivery, **failure)
        return
    if is_unanswered(error):
        log_may_arrive_twice(delivery, failure["last_error"])
    pause = min(timedelta(seconds=5 * 3 ** (delivery.attempts - 1)), LONGEST_PAUSE)
    pause *= random.uniform(0.8, 1.2)
    words = (delivery.pk, pause.seconds, failure["last_error"])
    logger.warning("delivery %s again in %ss: %s", *words)
    again = timezone.now() + pause
    finish(delivery, state=Delivery.State.WAITING, next_attempt_at=again, **failure)


def log_may_arrive_twice(delivery, why):
    words = (delivery.pk, delivery.recipient, why, delivery.message_id)
    logger.error("delivery %s to %s: %s; it may arrive twice with the same Message-ID %s", *words)


def is_given_up(delivery):
    return delivery.attempts >= MAX_ATTEMPTS or delivery.unconfirmed_attempts >= MOST_HAND_OVERS


def give_up(delivery, **failure):
    words = (delivery.pk, delivery.recipient, failure["last_error"])
    logger.error("delivery %s to %s failed: %s", *words)
    if delivery.workspace_id is None:
        delivery.delete_secrets()  # of nobody's page of emails: nobody can ask for a retry
    finish(delivery, state=Delivery.State.FAILED, failed_at=timezone.now(), **failure)


def finish(delivery, **fields):
    """Only whoever still holds the lease may write the end of it."""
    fields |= {"subject": delivery.subject, "payload": delivery.payload}
    fields |= {"provider_id": delivery.provider_id, "unconfirmed_attempts": delivery.unconfirmed_attempts}
    fields |= {"leased_until": None, "lease": None}
    mine = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease)
    until_stored(lambda: write_end(delivery, mine, fields))


def write_end(delivery, mine, fields):
    with transaction.atomic():
        if not mine.update(**fields):
            return
        for name, value in fields.items():
            setattr(delivery, name, value)
        if delivery.has_ended:
            send_delivery_ended(delivery)
