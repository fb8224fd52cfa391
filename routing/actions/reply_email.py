"""Replies by email to contacts who have gone. What such a mail says: routing.emails.reply."""

from datetime import timedelta

from django.utils import timezone

from messagehub.lib.tokens import hash_token
from outbox.actions import queue_delivery
from outbox.models import Delivery
from routing.models import ReplyAddress, Routing


def email_reply_later(conversation):
    """The contact gets what they have not read then, by email, after the inbox's minutes.

    Called with the row locked. One that waits already will hold everything.
    """
    minutes = reply_minutes(conversation)
    if minutes is None or hold_waiting(conversation):
        return
    email = conversation.contact.email
    queue_delivery(
        kind="reply",
        to=email,
        workspace=conversation.workspace,
        about=conversation.pk,
        key=f"reply:{conversation.pk}:{conversation.last_seq}:{hash_token(email)[:16]}",
        payload={"conversation": str(conversation.pk)},
        at=timezone.now() + minutes,
    )


def reply_minutes(conversation) -> timedelta | None:
    """How long a reply may stay unread before it is mailed; None: it is not mailed at all."""
    contact = conversation.contact
    if not contact.email or is_unsubscribed(contact):
        return None
    minutes = Routing.objects.of(conversation.inbox).reply_minutes
    return timedelta(minutes=minutes) if minutes else None


def is_unsubscribed(contact):
    unsubscribed = ReplyAddress.objects.exclude(unsubscribed_at=None)
    address = {"workspace": contact.workspace_id, "email": contact.email.lower()}
    return unsubscribed.filter(**address).exists()


def hold_waiting(conversation):
    """Whether a mail to this address waits; held until commit, so that it cannot leave without
    what is being written now."""
    waiting = Delivery.objects.filter(
        about=conversation.pk,
        kind="reply",
        recipient=conversation.contact.email,
        state=Delivery.State.WAITING,
    )
    return bool(list(waiting.select_for_update(of=("self",), no_key=True).order_by("pk")))
