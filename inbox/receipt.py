"""What became of the last reply: seen in the chat, gone by email, or neither yet."""

from inbox.models import Message
from outbox.models import Delivery


def receipt_of(conversation) -> str:
    """Returns "seen", "emailed" (to where the contact wants it now) or "unseen"; empty: the contact
    had the last word, or nobody has said anything yet."""
    said = conversation.messages.visible_to_contact().order_by("-seq")
    kind, seq = said.values_list("kind", "seq").first() or ("", 0)
    if kind != Message.Kind.REPLY:
        return ""
    if conversation.contact_read_seq >= seq:
        return "seen"
    email = conversation.contact.email
    mailed = Delivery.objects.upto(conversation.pk, kind="reply", recipient=email)
    return "emailed" if mailed >= seq else "unseen"


def receipt_after(entries) -> str | None:
    """What it is now that these new entries were written; None: what it was."""
    said = [each for each in entries if each.kind in Message.VISIBLE_TO_CONTACT]
    if not said:
        return None
    return "unseen" if said[-1].kind == Message.Kind.REPLY else ""
