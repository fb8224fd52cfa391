"""Tells agents whether the contact has seen the last reply or got it by email."""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils import timezone

from inbox.email_kinds import EmailKind
from inbox.models import Message
from outbox.models import Delivery
from outbox.retention import RETENTION


class ReceiptState(TextChoices):
    SEEN = "seen"
    EMAILED = "emailed"  # to the contact's present address
    UNSEEN = "unseen"


class Receipt(NamedTuple):
    """The receipt of the last message that the contact can see.

    `state` is empty if the contact wrote that message, there is none, or it is too old to know.
    `seq` is the message's position; a page ignores a receipt older than the one it shows.
    """

    seq: int = 0
    state: ReceiptState | str = ""


def get_receipt(conversation, latest=()) -> Receipt:
    """Return the receipt. `latest`: the conversation's last entries in order, if known."""
    visible = [entry for entry in latest if entry.is_visible_to_contact]
    if visible:
        last = visible[-1]
    else:
        last = conversation.messages.visible_to_contact().order_by("seq").last()
    if last is None:
        return Receipt()
    is_reply = last.kind == Message.Kind.REPLY
    return Receipt(last.seq, get_state(conversation, last) if is_reply else "")


def get_state(conversation, reply):
    if conversation.contact_read_seq >= reply.seq:
        return ReceiptState.SEEN
    email = conversation.contact.email
    if (
        Delivery.objects.last_sent_seq(conversation.pk, kind=EmailKind.REPLY, recipient=email)
        >= reply.seq
    ):
        return ReceiptState.EMAILED
    is_remembered = timezone.now() - reply.created_at < RETENTION
    return ReceiptState.UNSEEN if is_remembered else ""


def receipt_for_entries(entries) -> Receipt | None:
    """Return the receipt after these new entries, or None if none of them is a reply."""
    replies = [entry.seq for entry in entries if entry.kind == Message.Kind.REPLY]
    return Receipt(replies[-1], ReceiptState.UNSEEN) if replies else None
