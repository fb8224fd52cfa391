"""Replies by email to contacts who have gone. What such a mail says: routing.emails.reply."""

from datetime import timedelta

from django.utils import timezone

from inbox.email_kinds import EmailKind
from inbox.models import Contact
from messagehub.lib.tokens import hash_token
from outbox.actions import queue_delivery
from outbox.models import Delivery
from routing.models import ReplyAddress, Routing


def email_reply_if_unread(conversation):
    """The contact gets what they have not read then, by email, after the inbox's minutes.

    Called with the row locked. One that waits already will hold everything.
    """
    contact = contact_now(conversation)
    if not hold_waiting(conversation, contact.email):
        queue_reply(conversation, contact)


def contact_now(conversation):
    """Read anew: the address joined to a row that was waited for may be older than the row."""
    contacts = Contact.objects.only("workspace_id", "email", "unsubscribed_at")
    return contacts.get(pk=conversation.contact_id)


def queue_reply(conversation, contact):
    """What waits for this address twice leaves once: the second has nothing new to say."""
    minutes = reply_minutes(conversation, contact)
    if minutes is None:
        return
    entry = f"{conversation.pk}:{conversation.last_seq}:{hash_token(contact.email)[:16]}"
    cancelled = replies_to(conversation, contact.email).filter(state=Delivery.State.CANCELLED)
    queue_delivery(
        kind=EmailKind.REPLY,
        to=contact.email,
        workspace=conversation.workspace,
        about=conversation.pk,
        # They had the address before, and what was to go there was cancelled with it.
        key=f"reply:{entry}:{cancelled.count()}",
        payload={"conversation": str(conversation.pk)},
        at=timezone.now() + minutes,
    )


def reply_minutes(conversation, contact) -> timedelta | None:
    """How long a reply may stay unread before it is mailed; None: it is not mailed at all."""
    if not contact.email or is_unsubscribed(contact):
        return None
    minutes = Routing.objects.of(conversation.inbox).reply_minutes
    return timedelta(minutes=minutes) if minutes else None


def is_unsubscribed(contact):
    unsubscribed = ReplyAddress.objects.exclude(unsubscribed_at=None)
    address = {"workspace": contact.workspace_id, "email": contact.email.lower()}
    return unsubscribed.filter(**address).exists()


def replies_to(conversation, email):
    return Delivery.objects.filter(about=conversation.pk, kind=EmailKind.REPLY, recipient=email)


def hold_waiting(conversation, email):
    """Whether a mail to this address waits; held until commit, so that it cannot leave without
    what is being written now."""
    waiting = replies_to(conversation, email).filter(state=Delivery.State.WAITING)
    return bool(list(waiting.select_for_update(of=("self",), no_key=True).order_by("pk")))
