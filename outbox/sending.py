"""Claim, render, send, mark: each beat in a transaction of its own.

Send-then-mark repeats a mail when the process dies in between, mark-then-send loses it. The
lease makes the first the only possible fault, it is logged, and the Message-ID stays the same.
"""

import logging
import random
from datetime import timedelta
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from messagehub.lib.ids import new_id
from outbox.kinds import Later, Letter, render
from outbox.models import Delivery
from outbox.refusals import is_final, reason_of, tidy, words_of
from outbox.senders import senders
from outbox.signals import tell_ended

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.EMAIL_LEASE)
MOST_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(hours=6)
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
WITHOUT_METADATA = "anymail.backends.mailersend.EmailBackend"


def deliver_due(pk=None):
    """Send one delivery, or whatever is due next. Returns it, or None when nothing was due."""
    delivery = claim(pk)
    if delivery is None:
        return None
    try:
        letter = render(delivery)
        if isinstance(letter, Letter):
            send(delivery, letter)
    except Exception as error:
        put_off(delivery, error)
        return delivery
    if isinstance(letter, Later):
        wait_until(delivery, letter.at)
        return delivery
    delivery.forget_secrets()
    if letter is None:
        finish(delivery, state=Delivery.State.CANCELLED)
    else:
        finish(delivery, state=Delivery.State.SENT, sent_at=timezone.now(), reason="")
    return delivery


def claim(pk=None):
    now = timezone.now()
    with transaction.atomic():
        due = Delivery.objects.due(now).order_by("next_attempt_at")
        due = due.filter(pk=pk) if pk else due
        delivery = due.select_for_update(skip_locked=True, no_key=True).first()
        if delivery is None:
            return None
        if delivery.state == Delivery.State.SENDING:
            logger.error(
                "delivery %s to %s: its sender died while sending; it may arrive twice with the "
                "same Message-ID %s",
                delivery.pk,
                delivery.recipient,
                delivery.message_id,
            )
        delivery.state = Delivery.State.SENDING
        delivery.lease = new_id()
        delivery.leased_until = now + LEASE
        delivery.attempts += 1
        delivery.save(update_fields=["state", "lease", "leased_until", "attempts"])
    return delivery


def send(delivery, letter):
    message = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split()),
        body=letter.text,
        from_email=sender(letter),
        to=[delivery.recipient],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={"Message-ID": delivery.message_id, **HEADERS, **letter.headers},
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    if settings.EMAIL_BACKEND != WITHOUT_METADATA:
        message.metadata = {"delivery": str(delivery.pk)}  # comes back in a provider's reports
    delivery.subject = message.subject[:255]
    message.send()
    status = getattr(message, "anymail_status", None)
    delivery.provider_id = bare(status.message_id if status else delivery.message_id)


def sender(letter):
    """Our own address, under the name the letter has. None: the one of the settings."""
    if not letter.from_name:
        return None
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return formataddr((" ".join(letter.from_name.split()), address))


def bare(message_id):
    """Some reports have the id of a message in angle brackets, some have not."""
    return tidy(message_id or "").strip("<>")[:255]


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
    words = words_of(error)
    failure = {"last_error": words, "reason": reason_of(error)}
    if failure["reason"] == "unreachable":
        senders.take_a_break()
    if is_final(error) or delivery.attempts >= MOST_ATTEMPTS:
        logger.error("delivery %s to %s failed: %s", delivery.pk, delivery.recipient, words)
        finish(delivery, state=Delivery.State.FAILED, failed_at=timezone.now(), **failure)
        return
    pause = min(timedelta(seconds=5 * 3 ** (delivery.attempts - 1)), LONGEST_PAUSE)
    pause *= random.uniform(0.8, 1.2)
    logger.warning("delivery %s again in %ss: %s", delivery.pk, pause.seconds, words)
    again = timezone.now() + pause
    finish(delivery, state=Delivery.State.WAITING, next_attempt_at=again, **failure)


def finish(delivery, **fields):
    """Only whoever still holds the lease may write the end of it."""
    fields |= {"subject": delivery.subject, "payload": delivery.payload}
    fields |= {"provider_id": delivery.provider_id, "leased_until": None, "lease": None}
    mine = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease)
    with transaction.atomic():
        if not mine.update(**fields):
            return
        for name, value in fields.items():
            setattr(delivery, name, value)
        if delivery.has_ended:
            tell_ended(delivery)
