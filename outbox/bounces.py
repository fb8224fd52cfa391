"""What a mail provider reports about an email it took: it came back, or was thrown away there.

Reports come late, twice, or before the sender has marked the email as sent. Only what was sent
can come back; whatever has another state by now is left as it is.
"""

import logging
from datetime import timedelta
from uuid import UUID

from anymail.signals import EventType, tracking
from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from outbox.models import Delivery
from outbox.errors import reason_of_report, tidy, words_of_report
from outbox.sending import ANSWER_LEASE, LEASE, bare
from outbox.signals import email_unwanted, send_delivery_ended

logger = logging.getLogger(__name__)

UNDELIVERED = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
UNWANTED = {EventType.COMPLAINED, EventType.UNSUBSCRIBED}
# How far a provider's clock may be behind ours.
CLOCKS_DIFFER = timedelta(minutes=1)


@receiver(tracking)
def hear(sender, event, esp_name="", **kwargs):
    """A deferred email is still on its way; who complains has got it, and wants no other."""
    if event.event_type not in UNDELIVERED | UNWANTED:
        return
    with transaction.atomic():
        delivery = find_delivery(event)
        if delivery is None:
            words = (esp_name, event.event_type, tidy(event.message_id or "without an id")[:255])
            logger.warning("%s reports %s of an email that is not ours: %s", *words)
        elif event.event_type in UNWANTED:
            email_unwanted.send(Delivery, delivery=delivery)
        elif delivery.may_bounce and not is_about_an_earlier_try(event, delivery):
            bounce(delivery, event)


def find_delivery(event):
    """By the provider's name for it, by our Message-ID, else by our mark and the recipient."""
    named = Q(pk=None)
    if message_id := bare(event.message_id):
        named |= Q(provider_id=message_id) | Q(pk=as_id(message_id.partition("@")[0]))
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    if event.recipient and (marked := as_id(metadata.get("delivery"))):
        named |= Q(pk=marked, recipient__iexact=tidy(event.recipient))
    return Delivery.objects.select_for_update(no_key=True).filter(named).first()


def as_id(text):
    try:
        return UUID(text)
    except (AttributeError, TypeError, ValueError):
        return None


def is_about_an_earlier_try(event, delivery):
    """It was sent again since then, on somebody's request; the new one may well arrive."""
    if event.timestamp is None or timezone.is_naive(event.timestamp):
        return False
    lease = ANSWER_LEASE if delivery.unconfirmed_attempts else LEASE
    began = delivery.sent_at or delivery.leased_until - lease
    return event.timestamp < began - CLOCKS_DIFFER


def bounce(delivery, event):
    delivery.state = Delivery.State.BOUNCED
    delivery.reason = reason_of_report(event)
    delivery.last_error = words_of_report(event)
    delivery.failed_at = timezone.now()
    delivery.sent_at = delivery.sent_at or delivery.failed_at
    delivery.lease = delivery.leased_until = None  # its sender has nothing to add
    delivery.delete_secrets()
    delivery.save()
    words = (delivery.pk, delivery.recipient, delivery.last_error)
    logger.error("delivery %s to %s came back: %s", *words)
    send_delivery_ended(delivery)
