"""What became of the last reply: seen in the chat, gone by email, or neither yet."""

from typing import NamedTuple

from django.utils import timezone

from inbox.email_kinds import EmailKind
from inbox.models import Message
from outbox.models import Delivery
from outbox.retention import RETENTION


class Receipt(NamedTuple):
    """state: "seen", "emailed" (to where the contact wants it now) or "unseen"; empty: the contact
    had the last word, nobody has said anything, or it was too long ago to know. seq: of what was
    said last; a screen believes no older receipt than it shows."""

    seq: int = 0
    state: str = ""


def receipt_of(conversation, latest=()) -> Receipt:
    """latest: the entries at its end that are known already, in their order."""
    known = [each for each in latest if each.is_visible_to_contact]
    last = known[-1] if known else conversation.messages.visible_to_contact().order_by("seq").last()
    if last is None:
        return Receipt()
    is_reply = last.kind == Message.Kind.REPLY
    return Receipt(last.seq, state_of(conversation, last) if is_reply else "")


def state_of(conversation, reply):
    if conversation.contact_read_seq >= reply.seq:
        return "seen"
    email = conversation.contact.email
    if Delivery.objects.last_sent_seq(conversation.pk, kind=EmailKind.REPLY, recipient=email) >= reply.seq:
        return "emailed"
    is_remembered = timezone.now() - reply.created_at < RETENTION
    return "unseen" if is_remembered else ""


def receipt_after(entries) -> Receipt | None:
    """What it is now that these new entries were written; None: nothing was said to the contact."""
    said = [each.seq for each in entries if each.kind == Message.Kind.REPLY]
    return Receipt(said[-1], "unseen") if said else None
