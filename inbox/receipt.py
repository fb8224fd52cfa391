"""Tells agents which replies the contact has got, and the contact what the team has got."""

from typing import NamedTuple

from django.db.models import Max, TextChoices
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
    """The receipt of the last message that the contact can see, and which replies they got.

    `state` is empty if the contact wrote that message, there is none, or it is too old to know.
    `seq` is the message's position; a page ignores a receipt older than the one it shows.
    The page marks each reply by `seen_seq` and `emailed_seq`, up to which the contact has seen the
    conversation or got it by email. The latter is None if it wasn't asked for.
    """

    seq: int = 0
    state: ReceiptState | str = ""
    seen_seq: int = 0
    emailed_seq: int | None = None


def get_receipt(conversation, latest=()) -> Receipt:
    """Return the receipt. `latest`: the conversation's last entries in order, if known."""
    visible = [entry for entry in latest if entry.is_visible_to_contact]
    if not visible:
        visible = list(conversation.messages.visible_to_contact().order_by("-seq")[:1])
    if not visible:
        return Receipt()
    last, seen_seq = visible[-1], conversation.contact_read_seq
    replies = [entry for entry in visible if entry.kind == Message.Kind.REPLY]
    is_unseen = bool(replies) and replies[-1].seq > seen_seq
    emailed_seq = get_emailed_seq(conversation) if is_unseen else None
    state = get_state(last, seen_seq, emailed_seq) if last in replies[-1:] else ""
    return Receipt(last.seq, state, seen_seq, emailed_seq)


def get_emailed_seq(conversation):
    """Return the seq up to which the contact's present address got the replies, or 0."""
    email = conversation.contact.email
    if not email:
        return 0
    return Delivery.objects.last_sent_seq(conversation.pk, kind=EmailKind.REPLY, recipient=email)


def get_state(reply, seen_seq, emailed_seq):
    if reply.seq <= seen_seq:
        return ReceiptState.SEEN
    if reply.seq <= emailed_seq:
        return ReceiptState.EMAILED
    is_remembered = timezone.now() - reply.created_at < RETENTION
    return ReceiptState.UNSEEN if is_remembered else ""


def receipt_for_entries(conversation, entries) -> Receipt | None:
    """Return the receipt after these new entries, or None if none of them is a reply."""
    replies = [entry.seq for entry in entries if entry.kind == Message.Kind.REPLY]
    if not replies:
        return None
    return Receipt(replies[-1], ReceiptState.UNSEEN, conversation.contact_read_seq)


def get_team_seen_seq(conversation) -> int:
    """Return the seq of the last entry that a member has seen, or 0."""
    return conversation.read_markers.aggregate(seq=Max("seq"))["seq"] or 0


def get_team_emailed_seq(conversation) -> int:
    """Return the seq of the last entry that was emailed to a member, or 0."""
    return Delivery.objects.last_sent_seq(conversation.pk, kind=EmailKind.UNANSWERED)
