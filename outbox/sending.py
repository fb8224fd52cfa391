"""Claim, render, send, mark: each beat in a transaction of its own.

Send-then-mark repeats a mail when the process dies in between, mark-then-send loses it. The
lease makes the first the only possible fault; it happens once, it is logged, and the Message-ID
stays the same.
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
    is_given_up,
    log_may_arrive_twice,
    put_off,
    wait_until,
)
from outbox.kinds import Postpone, RenderedEmail, render
from outbox.models import Delivery
from outbox.errors import is_unanswered, tidy
from outbox.smtp import TAKES_SECONDS

logger = logging.getLogger(__name__)

# Until the mail server has all of it; from then on it may take its time to answer.
LEASE = timedelta(seconds=settings.EMAIL_LEASE)
ANSWER_LEASE = LEASE + timedelta(seconds=TAKES_SECONDS)
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
WITHOUT_METADATA = "anymail.backends.mailersend.EmailBackend"


class LeaseLost(Exception):
    """Somebody else may be sending it by now."""


def deliver_due(pk=None):
    """Send one delivery, or whatever is due next. Returns it, or None when nothing was due."""
    delivery = claim(pk)
    if delivery is None or delivery.has_ended:
        return delivery
    unconfirmed_attempts = delivery.unconfirmed_attempts
    try:
        letter = render(delivery)
        if isinstance(letter, Letter):
            send(delivery, letter)
    except LeaseLost:
        logger.warning("delivery %s took longer than its lease; somebody else has it", delivery.pk)
        return delivery
    except Exception as error:
        if not is_unanswered(error):
            delivery.unconfirmed_attempts = unconfirmed_attempts  # it is known that this try did not arrive
        put_off(delivery, error)
        return delivery
    if isinstance(letter, Postpone):
        wait_until(delivery, letter.at)
        return delivery
    delivery.delete_secrets()
    if letter is None:
        finish(delivery, state=Delivery.State.CANCELLED)
    else:
        finish(delivery, state=Delivery.State.SENT, sent_at=timezone.now(), reason="")
    return delivery


def claim(pk=None):
    """The delivery, leased to the caller; or one that has failed, because its senders die of it."""
    with transaction.atomic():
        due = Delivery.objects.due().order_by("next_attempt_at")
        due = due.filter(pk=pk) if pk else due
        delivery = due.select_for_update(skip_locked=True, no_key=True).first()
        if delivery is None:
            return None
        if delivery.state == Delivery.State.SENDING and is_given_up_after_death(delivery):
            return delivery
        delivery.state = Delivery.State.SENDING
        delivery.lease = new_id()
        delivery.attempts += 1
        delivery.save(update_fields=["state", "lease", "attempts"])
        Delivery.objects.filter(pk=delivery.pk).update(leased_until=Now() + LEASE)
    return delivery


def is_given_up_after_death(delivery):
    """Its sender died: it goes again, if it cannot have arrived more than once already."""
    if delivery.unconfirmed_attempts:
        log_may_arrive_twice(delivery, "its sender died while sending")
    else:
        words = (delivery.pk, delivery.recipient)
        logger.error("delivery %s to %s: its sender died before the end of the email", *words)
    if not is_given_up(delivery):
        return False
    reason = "unanswered" if delivery.unconfirmed_attempts else "broken"
    give_up(delivery, last_error="Its sender died.", reason=reason)
    return True


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
    message.connection = get_connection()
    if hasattr(message.connection, "hand_over"):
        message.connection.hand_over = partial(hand_over, delivery)
    else:
        hand_over(delivery)
    message.send()
    status = getattr(message, "anymail_status", None)
    delivery.provider_id = bare(status.message_id if status else delivery.message_id)


def hand_over(delivery):
    """From here until the mail server's answer nobody knows whether it arrives."""
    mine = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease)
    delivery.unconfirmed_attempts += 1
    until = Now() + ANSWER_LEASE
    if not mine.update(unconfirmed_attempts=delivery.unconfirmed_attempts, leased_until=until):
        raise LeaseLost


def sender(letter):
    """Our own address, under the name the letter has. None: the one of the settings."""
    if not letter.from_name:
        return None
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return formataddr((" ".join(letter.from_name.split()), address))


def bare(message_id):
    """Some reports have the id of a message in angle brackets, some have not."""
    return tidy(message_id or "").strip("<>")[:255]
