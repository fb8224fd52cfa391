"""Claim, render, send and mark an email, each in its own transaction.

Send-then-mark repeats an email when the process dies in between; mark-then-send loses it. The lease
makes a repeat the only possible fault. It happens once, is logged, and keeps its Message-ID.
"""

import logging
from datetime import timedelta
from email.utils import formataddr, parseaddr
from functools import partial

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from messagehub.lib.ids import new_id
from outbox.attempts import (
    finish,
    give_up,
    has_used_up_attempts,
    log_may_arrive_twice,
    postpone,
    retry_or_give_up,
)
from outbox.errors import clean, is_unanswered
from outbox.kinds import Postpone, RenderedEmail, render
from outbox.models import Delivery
from outbox.smtp import RESPONSE_SECONDS

logger = logging.getLogger(__name__)

# Until the mail server has the whole email. Then it may take RESPONSE_SECONDS to respond.
LEASE = timedelta(seconds=settings.EMAIL_LEASE)
RESPONSE_LEASE = LEASE + timedelta(seconds=RESPONSE_SECONDS)
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
WITHOUT_METADATA = "anymail.backends.mailersend.EmailBackend"


class LeaseLost(Exception):
    """Another sender may have the delivery by now."""


def deliver_due(pk=None):
    """Send this delivery, or the next one that is due. Return it, or None if none was due."""
    delivery = claim(pk)
    if delivery is None or delivery.has_ended:
        return delivery
    unconfirmed_attempts = delivery.unconfirmed_attempts
    try:
        email = render(delivery)
        if isinstance(email, RenderedEmail):
            send(delivery, email)
    except LeaseLost:
        logger.warning("delivery %s took longer than its lease; another sender has it", delivery.pk)
        return delivery
    except Exception as error:
        if not is_unanswered(error):
            # This attempt is known not to have arrived.
            delivery.unconfirmed_attempts = unconfirmed_attempts
        retry_or_give_up(delivery, error)
        return delivery
    if isinstance(email, Postpone):
        postpone(delivery, email.at)
        return delivery
    delivery.delete_secrets()
    if email is None:
        finish(delivery, state=Delivery.State.CANCELLED)
    else:
        finish(delivery, state=Delivery.State.SENT, sent_at=timezone.now(), reason="")
    return delivery


def claim(pk=None):
    """Lease a delivery to the caller. If its senders keep dying, return it as failed instead."""
    with transaction.atomic():
        due = Delivery.objects.due().order_by("next_attempt_at")
        due = due.filter(pk=pk) if pk else due
        delivery = due.select_for_update(skip_locked=True, no_key=True).first()
        if delivery is None:
            return None
        if delivery.state == Delivery.State.SENDING and gave_up_after_crash(delivery):
            return delivery
        delivery.state = Delivery.State.SENDING
        delivery.lease = new_id()
        delivery.attempts += 1
        delivery.save(update_fields=["state", "lease", "attempts"])
        Delivery.objects.filter(pk=delivery.pk).update(leased_until=Now() + LEASE)
    return delivery


def gave_up_after_crash(delivery):
    """Log that the sender died, and give up if the email may have arrived too often already."""
    if delivery.unconfirmed_attempts:
        log_may_arrive_twice(delivery, "its sender died while sending")
    else:
        logger.error(
            "delivery %s to %s: its sender died before the end of the email",
            delivery.pk,
            delivery.recipient,
        )
    if not has_used_up_attempts(delivery):
        return False
    reason = "unanswered" if delivery.unconfirmed_attempts else "broken"
    give_up(delivery, last_error="Its sender died.", reason=reason)
    return True


def send(delivery, email):
    message = EmailMultiAlternatives(
        subject=" ".join(email.subject.split()),
        body=email.text,
        from_email=sender_address(email),
        to=[delivery.recipient],
        reply_to=[email.reply_to] if email.reply_to else None,
        headers={"Message-ID": delivery.message_id, **HEADERS, **email.headers},
    )
    if email.html:
        message.attach_alternative(email.html, "text/html")
    if settings.EMAIL_BACKEND != WITHOUT_METADATA:
        message.metadata = {"delivery": str(delivery.pk)}  # included in a provider's reports
    delivery.subject = message.subject[:255]
    message.connection = get_connection()
    if hasattr(message.connection, "before_final_dot"):
        message.connection.before_final_dot = partial(mark_unconfirmed, delivery)
    else:
        mark_unconfirmed(delivery)
    message.send()
    status = getattr(message, "anymail_status", None)
    delivery.provider_id = strip_brackets(status.message_id if status else delivery.message_id)


def mark_unconfirmed(delivery):
    """Count an attempt that may arrive: until the server responds, the outcome is unknown."""
    own = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease)
    delivery.unconfirmed_attempts += 1
    until = Now() + RESPONSE_LEASE
    if not own.update(unconfirmed_attempts=delivery.unconfirmed_attempts, leased_until=until):
        raise LeaseLost


def sender_address(email) -> str | None:
    """Return our own address with the email's sender name, or None for the default."""
    if not email.from_name:
        return None
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return formataddr((" ".join(email.from_name.split()), address))


def strip_brackets(message_id):
    """Normalize a Message-ID, because only some reports put it in angle brackets."""
    return clean(message_id or "").strip("<>")[:255]
