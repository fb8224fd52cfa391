"""Handle email providers' reports: an accepted email bounced, was dropped, or was unwanted.

Reports come late, twice, or before the sender has marked the email as sent. Only a sent email can
bounce, so a delivery in any other state is left unchanged.
"""

import logging
from datetime import timedelta
from uuid import UUID

from anymail.signals import EventType, tracking
from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from outbox.errors import clean, reason_for_report, report_text
from outbox.models import Delivery
from outbox.sending import LEASE, RESPONSE_LEASE, strip_brackets
from outbox.signals import email_unwanted, send_delivery_ended

logger = logging.getLogger(__name__)

UNDELIVERED = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
UNWANTED = {EventType.COMPLAINED, EventType.UNSUBSCRIBED}
# How far a provider's clock may be behind ours.
MAX_CLOCK_DIFFERENCE = timedelta(minutes=1)


@receiver(tracking)
def on_report(sender, event, esp_name="", **kwargs):
    """Store a bounce or a complaint. A deferred email is still on its way, so it is ignored."""
    if event.event_type not in UNDELIVERED | UNWANTED:
        return
    with transaction.atomic():
        delivery = find_delivery(event)
        if delivery is None:
            message_id = clean(event.message_id or "without an id")[:255]
            logger.warning(
                "%s reports %s of an email that is not ours: %s",
                esp_name,
                event.event_type,
                message_id,
            )
        elif event.event_type in UNWANTED:
            email_unwanted.send(Delivery, delivery=delivery)
        elif delivery.may_bounce and not is_about_earlier_attempt(event, delivery):
            bounce(delivery, event)


def find_delivery(event):
    """Find a delivery by the provider's id, our Message-ID, or our metadata and the recipient."""
    matches = Q(pk=None)
    if message_id := strip_brackets(event.message_id):
        matches |= Q(provider_id=message_id) | Q(pk=parse_uuid(message_id.partition("@")[0]))
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    if event.recipient and (pk := parse_uuid(metadata.get("delivery"))):
        matches |= Q(pk=pk, recipient__iexact=clean(event.recipient))
    return Delivery.objects.select_for_update(no_key=True).filter(matches).first()


def parse_uuid(text):
    try:
        return UUID(text)
    except (AttributeError, TypeError, ValueError):
        return None


def is_about_earlier_attempt(event, delivery):
    """Check whether someone has retried the email since; the new attempt may well arrive."""
    if event.timestamp is None or timezone.is_naive(event.timestamp):
        return False
    lease = RESPONSE_LEASE if delivery.unconfirmed_attempts else LEASE
    started_at = delivery.sent_at or delivery.leased_until - lease
    return event.timestamp < started_at - MAX_CLOCK_DIFFERENCE


def bounce(delivery, event):
    delivery.state = Delivery.State.BOUNCED
    delivery.reason = reason_for_report(event)
    delivery.last_error = report_text(event)
    delivery.failed_at = timezone.now()
    delivery.sent_at = delivery.sent_at or delivery.failed_at
    delivery.lease = delivery.leased_until = None  # so its sender, if any, changes nothing more
    delivery.delete_secrets()
    delivery.save()
    logger.error(
        "delivery %s to %s bounced: %s", delivery.pk, delivery.recipient, delivery.last_error
    )
    send_delivery_ended(delivery)
