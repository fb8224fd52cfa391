"""Nobody is there: the people who should know get an email with what was written."""

from django.utils import timezone
from django.utils.translation import ngettext

from outbox.kinds import Later, Letter, renders
from routing.emails.writing import (
    as_read_in,
    deliverable,
    desk_url,
    find_conversation,
    find_member,
    parts,
)
from routing.unread import new_to
from teams.quiet import quiet_until_of


@renders("unanswered")
def unanswered_letter(delivery):
    """What the contact wrote and nobody answered; None once somebody did, or they have read it."""
    conversation, recipient = find_conversation(delivery), find_member(delivery)
    if conversation is None or recipient is None or not waits(conversation):
        return None
    if not is_wanted(conversation, recipient) or not is_still_theirs(conversation, recipient):
        return None
    if later := quiet_until_of(recipient, timezone.now()):
        return Later(later)
    messages = new_to(recipient, conversation)
    if not messages:
        return None
    delivery.payload["upto"] = messages[-1].seq
    with as_read_in(conversation.workspace, recipient.zone):
        return write(conversation, recipient, messages)


def waits(conversation):
    """A snoozed one sleeps until somebody wakes it; that mails anew."""
    return conversation.is_open and conversation.waiting_since is not None


def is_wanted(conversation, recipient):
    return recipient.email_mine if conversation.assignee_id else recipient.email_queue


def is_still_theirs(conversation, recipient):
    """They may have lost the inbox, or somebody else may have taken it, since it was queued."""
    if conversation.assignee_id and conversation.assignee_id != recipient.pk:
        return False
    return conversation.inbox.answerers.filter(pk=recipient.pk).exists()


def write(conversation, recipient, messages):
    contact = conversation.contact
    context = {
        "conversation": conversation,
        "contact": contact,
        "messages": messages,
        "recipient": recipient,
        "url": desk_url(conversation),
    }
    return Letter(
        subject=subject(conversation, len(messages)),
        reply_to=deliverable(contact.email),
        **parts("unanswered", context),
    )


def subject(conversation, count):
    return ngettext(
        "%(contact)s is waiting for an answer (%(number)s, %(inbox)s)",
        "%(contact)s is waiting for an answer: %(count)d new messages (%(number)s, %(inbox)s)",
        count,
    ) % {
        "contact": conversation.contact.display_name,
        "count": count,
        "number": conversation,
        "inbox": conversation.inbox.name,
    }
