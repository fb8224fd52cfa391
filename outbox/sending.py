"""Claim, render, send, mark: each beat in a transaction of its own.

Send-then-mark repeats a mail when the process dies in between, mark-then-send loses it. The
lease makes the first the only possible fault, it is logged, and the Message-ID stays the same.
"""

import logging
import random
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from messagehub.lib.ids import new_id
from outbox.kinds import render
from outbox.models import Delivery

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(hours=6)
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def deliver_due(pk=None):
    """Send one delivery, or whatever is due next. Returns it, or None when nothing was due."""
    delivery = claim(pk)
    if delivery is None:
        return None
    try:
        letter = render(delivery)
        if letter is None:
            forget_secrets(delivery)
            finish(delivery, state=Delivery.State.CANCELLED)
        else:
            send(delivery, letter)
            forget_secrets(delivery)
            finish(delivery, state=Delivery.State.SENT, sent_at=timezone.now())
    except Exception as error:
        put_off(delivery, error)
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
        to=[delivery.recipient],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={"Message-ID": delivery.message_id, **HEADERS, **letter.headers},
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    message.send()
    delivery.subject = message.subject[:255]


def forget_secrets(delivery):
    """Finished mails may hold one-time links; once sent they are nobody's business here."""
    for part in ("text", "html"):
        delivery.payload.pop(part, None)


def finish(delivery, **fields):
    """Only whoever still holds the lease may write the end of it."""
    mine = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease)
    fields |= {"subject": delivery.subject, "payload": delivery.payload}
    mine.update(leased_until=None, lease=None, **fields)


def put_off(delivery, error):
    words = f"{type(error).__name__}: {error}"[:2000]
    if is_final(error) or delivery.attempts >= MOST_ATTEMPTS:
        logger.error("delivery %s to %s failed: %s", delivery.pk, delivery.recipient, words)
        finish(delivery, state=Delivery.State.FAILED, last_error=words)
        return
    pause = min(timedelta(seconds=5 * 3 ** (delivery.attempts - 1)), LONGEST_PAUSE)
    pause *= random.uniform(0.8, 1.2)
    logger.warning("delivery %s again in %ss: %s", delivery.pk, pause.seconds, words)
    finish(
        delivery,
        state=Delivery.State.WAITING,
        last_error=words,
        next_attempt_at=timezone.now() + pause,
    )


def is_final(error):
    """Refused for good: a wrong address, or a message no server will ever take (RFC 5321: 5yz)."""
    if isinstance(error, OSError) and not isinstance(error, SMTPException):
        return False  # the network, a certificate: also when it calls itself a ValueError
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    if isinstance(error, SMTPSenderRefused):
        return False  # our own address or login is wrong: somebody will mend it
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    if isinstance(error, AnymailAPIError):
        return error.status_code in {400, 404, 406, 413, 422}
    return isinstance(error, (AnymailRecipientsRefused, AnymailError, KeyError, ValueError))
