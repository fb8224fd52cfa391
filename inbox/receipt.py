"""What became of the last reply: seen in the chat, gone by email, or neither yet."""

from typing import NamedTuple

from django.utils import timezone

from inbox.models import Message
from outbox.models import Delivery
from outbox.retention import KEPT


class Receipt(NamedTuple):
    """state: "seen", "emailed" (to where the contact wants it now) or "unseen"; empty: the contact
    had the last word, nobody has said anything, or it was too long ago to know. seq: of what was
    said last; a screen believes no older receipt than it shows."""

    seq: int = 0
    state: str = ""


def receipt_of(conversation) -> Receipt:
    said = conversation.messages.visible_to_contact().order_by("-seq")
    last = said.values_list("kind", "seq", "created_at").first()
    if last is None:
        return Receipt()
    kind, seq, at = last
    return Receipt(seq, state_of(conversation, seq, at) if kind == Message.Kind.REPLY else "")


def state_of(conversation, seq, at):
    if conversation.contact_read_seq >= seq:
        return "seen"
    email = conversation.contact.email
    if Delivery.objects.upto(conversation.pk, kind="reply", recipient=email) >= seq:
        return "emailed"
    return "unseen" if timezone.now() - at < KEPT else ""  # what was emailed is forgotten


def receipt_after(entries) -> Receipt | None:
    """What it is now that these new entries were written; None: nothing was said to the contact."""
    said = [each.seq for each in entries if each.kind == Message.Kind.REPLY]
    return Receipt(said[-1], "unseen") if said else None
