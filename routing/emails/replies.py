"""Queue emails with replies, for contacts who have left the chat."""

from datetime import timedelta

from django.utils import timezone

from inbox.email_kinds import EmailKind
from inbox.models import Contact
from messagehub.lib.tokens import hash_token
from outbox.actions import queue_delivery
from outbox.models import Delivery
from routing.models import ReplyAddress, Routing


def email_reply_if_unread(conversation):
    """Queue an email with the replies that are still unread after the inbox's delay.

    Called with the row locked. An email that is already pending will cover everything.
    """
    contact = current_contact(conversation)
    if not lock_pending_reply(conversation, contact.email):
        queue_reply(conversation, contact)


def current_contact(conversation):
    """Read the contact again, because the joined one may be older than the locked row."""
    contacts = Contact.objects.only("workspace_id", "email", "unsubscribed_at")
    return contacts.get(pk=conversation.contact_id)


def queue_reply(conversation, contact):
    """Queue the email. Of two pending for one address the second finds nothing unread."""
    delay = reply_delay(conversation, contact)
    if delay is None:
        return
    entry = f"{conversation.pk}:{conversation.last_seq}:{hash_token(contact.email)[:16]}"
    cancelled = reply_emails(conversation, contact.email).filter(state=Delivery.State.CANCELLED)
    queue_delivery(
        kind=EmailKind.REPLY,
        to=contact.email,
        workspace=conversation.workspace,
        about=conversation.pk,
        # The contact may have had this address before, and its email was cancelled with it.
        key=f"reply:{entry}:{cancelled.count()}",
        payload={"conversation": str(conversation.pk)},
        at=timezone.now() + delay,
    )


def reply_delay(conversation, contact) -> timedelta | None:
    """Return how long a reply may stay unread before it is emailed, or None to email nothing."""
    if not contact.email or is_unsubscribed(contact):
        return None
    minutes = Routing.objects.of(conversation.inbox).reply_minutes
    return timedelta(minutes=minutes) if minutes else None


def is_unsubscribed(contact):
    unsubscribed = ReplyAddress.objects.exclude(unsubscribed_at=None)
    address = {"workspace": contact.workspace_id, "email": contact.email.lower()}
    return unsubscribed.filter(**address).exists()


def reply_emails(conversation, email):
    return Delivery.objects.filter(about=conversation.pk, kind=EmailKind.REPLY, recipient=email)


def lock_pending_reply(conversation, email):
    """Return whether an email to this address is pending, and lock it until commit.

    Then it can't leave without the message being written.
    """
    pending = reply_emails(conversation, email).filter(state=Delivery.State.WAITING)
    return bool(list(pending.select_for_update(of=("self",), no_key=True).order_by("pk")))
