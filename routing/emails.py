"""Nobody is there: the people who should know get an email with what was written."""

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from inbox.models import Conversation, Message
from outbox.kinds import Letter, renders
from teams.models import Membership


@renders("unanswered")
def unanswered_letter(delivery):
    """What the contact wrote and nobody answered; None once somebody did."""
    conversation = find_conversation(delivery.payload["conversation"])
    recipient = find_recipient(delivery.payload["membership"])
    if conversation is None or recipient is None or not is_still_theirs(conversation, recipient):
        return None
    messages = unanswered(conversation, after=delivery.payload.get("after", 0))
    if not messages:
        return None
    delivery.payload["upto"] = messages[-1].seq
    context = {
        "conversation": conversation,
        "contact": conversation.contact,
        "messages": messages,
        "recipient": recipient,
        "url": settings.SITE_URL
        + reverse("conversation", args=[conversation.workspace.slug, conversation.number]),
    }
    return Letter(
        subject=_("%(contact)s is waiting for an answer (%(number)s, %(inbox)s)")
        % {
            "contact": conversation.contact.display_name,
            "number": conversation,
            "inbox": conversation.inbox.name,
        },
        text=render_to_string("routing/email/unanswered.txt", context),
        html=render_to_string("routing/email/unanswered.html", context),
        reply_to=deliverable(conversation.contact.email),
    )


def deliverable(address):
    """The address if a mail can name it; an odd one must not keep the mail from leaving."""
    try:
        address.rpartition("@")[2].encode("idna")
        address.encode()
    except UnicodeError:
        return ""
    return address


def find_conversation(pk):
    return Conversation.objects.with_people().filter(pk=pk, waiting_since__isnull=False).first()


def find_recipient(pk):
    return Membership.objects.active().with_person().filter(pk=pk).first()


def is_still_theirs(conversation, recipient):
    """They may have lost the inbox, or somebody else may have taken it, since it was queued."""
    if conversation.assignee_id and conversation.assignee_id != recipient.pk:
        return False
    return conversation.inbox.answerers.filter(pk=recipient.pk).exists()


def unanswered(conversation, *, after):
    messages = conversation.messages.filter(kind=Message.Kind.CONTACT)
    last_reply = (
        conversation.messages.filter(kind=Message.Kind.REPLY).order_by("-seq").values("seq")[:1]
    )
    first = last_reply[0]["seq"] if last_reply else 0
    return list(messages.filter(Q(seq__gt=first), seq__gt=after).order_by("seq"))
