"""Nobody is there: the people who should know get an email with what was written."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import ngettext

from inbox.email_kinds import EmailKind
from outbox.kinds import Postpone, RenderedEmail, email_renderer
from routing.emails.agents import KNOWN, next_after
from routing.emails import digest, unconfirmed
from routing.emails.rendering import (
    as_read_in,
    deliverable,
    desk_url,
    find_conversation,
    find_member,
    parts,
    until_restored,
)
from routing.emails.unread import new_contact_messages
from teams import presence
from teams.availability import REACHABLE, status_of, is_status_pending

# They were gone when it was queued and are there now: they will see it, or go again.
RECHECK_AFTER = timedelta(minutes=2)


@email_renderer(EmailKind.UNANSWERED)
def unanswered_letter(delivery):
    """What the contact wrote and nobody answered; None once somebody did, or they have read it."""
    for mark in (digest.DIGEST, "upto"):
        delivery.payload.pop(mark, None)  # of a try that did not leave
    conversation = find_conversation(delivery)
    if conversation is None or not waits(conversation):
        return None
    if later := until_restored(conversation):
        return later
    recipient = find_member(delivery)
    if recipient is None or not is_still_theirs(conversation, recipient):
        return None
    if not is_wanted(conversation, recipient):
        return None
    news = new_contact_messages(recipient, conversation)
    if not news:
        delivery.payload[KNOWN] = "read"
        return None
    if later := not_yet(delivery, conversation, recipient):
        return Postpone(later)
    if digest.is_due(delivery):
        return digest.write(delivery, recipient)
    delivery.payload["upto"] = news.upto
    with as_read_in(conversation.workspace, recipient.zone):
        return write(conversation, recipient, news)


def not_yet(delivery, conversation, recipient):
    """Not in their quiet hours, not while they are there, not too soon, not too many."""
    now = timezone.now()
    if later := recipient.quiet_until(now):
        return later
    if conversation.assignee_id and may_be_there(recipient):
        return now + RECHECK_AFTER
    if later := next_after(delivery) or digest.limited_until(delivery):
        return later
    return unconfirmed.limited_until(delivery, recipient)


def may_be_there(recipient):
    """Or nobody can say it yet, for a minute or two after Redis was emptied."""
    online = presence.find_online(recipient.workspace_id)
    return status_of(recipient, online) in REACHABLE or is_status_pending(recipient, online)


def waits(conversation):
    """A snoozed one sleeps until somebody wakes it; that mails anew."""
    return conversation.is_open and conversation.waiting_since is not None


def is_wanted(conversation, recipient):
    return recipient.email_mine if conversation.assignee_id else recipient.email_queue


def is_still_theirs(conversation, recipient):
    """They may have lost the inbox, or somebody else may have taken it, since it was queued."""
    if conversation.assignee_id and conversation.assignee_id != recipient.pk:
        return False
    return conversation.inbox.possible_assignees.filter(pk=recipient.pk).exists()


def write(conversation, recipient, news):
    contact = conversation.contact
    context = {
        "conversation": conversation,
        "contact": contact,
        "news": news,
        "recipient": recipient,
        "url": desk_url(conversation),
    }
    return RenderedEmail(
        subject=subject(conversation, news.count),
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
