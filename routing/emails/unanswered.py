"""Render the email that tells an agent what a contact wrote while no one was online."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import ngettext

from inbox.email_kinds import EmailKind
from outbox.kinds import Postpone, RenderedEmail, email_renderer
from routing.emails import digest, unconfirmed_limit
from routing.emails.agents import KNOWN, queue_email_recipients
from routing.emails.pacing import delayed_until
from routing.emails.rendering import (
    desk_url,
    find_conversation,
    find_recipient,
    localized_for,
    postpone_if_deleted,
    render_bodies,
    sendable_address,
)
from routing.emails.unread import new_contact_messages
from teams import presence
from teams.availability import REACHABLE, is_status_pending, status_of

# An assignee was offline when it was queued and is online now. They will read the conversation,
# or go offline again.
RECHECK_AFTER = timedelta(minutes=2)


@email_renderer(EmailKind.UNANSWERED)
def render_unanswered(delivery):
    """Return None once someone answered or the recipient has read everything."""
    for key in (digest.DIGEST, "upto"):
        delivery.payload.pop(key, None)  # left by a failed attempt
    conversation = find_conversation(delivery)
    if conversation is None or not is_waiting(conversation):
        return None
    if later := postpone_if_deleted(conversation):
        return later
    recipient = find_recipient(delivery)
    if recipient is None or not is_still_recipient(conversation, recipient):
        return None
    if not wants_email(conversation, recipient):
        return None
    new_messages = new_contact_messages(recipient, conversation)
    if not new_messages:
        delivery.payload[KNOWN] = "read"
        return None
    if later := postponed_until(delivery, conversation, recipient):
        return Postpone(later)
    if digest.is_due(delivery):
        return digest.render_digest(delivery, recipient)
    delivery.payload["upto"] = new_messages.upto
    with localized_for(conversation.workspace, recipient.zone):
        return render(conversation, recipient, new_messages)


def postponed_until(delivery, conversation, recipient):
    """Return when to try again during quiet hours, while they are online, or at a limit."""
    now = timezone.now()
    if later := recipient.quiet_until(now):
        return later
    if conversation.assignee_id and may_be_reachable(recipient):
        return now + RECHECK_AFTER
    if later := delayed_until(delivery) or digest.limited_until(delivery):
        return later
    return unconfirmed_limit.limited_until(delivery, recipient)


def may_be_reachable(recipient):
    """Also true while presence is unknown, just after Redis was cleared."""
    online = presence.find_online(recipient.workspace_id)
    return status_of(recipient, online) in REACHABLE or is_status_pending(recipient, online)


def is_waiting(conversation):
    """A snoozed conversation doesn't wait; the end of the snooze queues a new email."""
    return conversation.is_open and conversation.waiting_since is not None


def wants_email(conversation, recipient):
    return recipient.email_mine if conversation.assignee_id else recipient.email_queue


def is_still_recipient(conversation, recipient):
    """They may have lost the inbox, or a colleague or a team may have it, since it was queued."""
    if conversation.assignee_id and conversation.assignee_id != recipient.pk:
        return False
    if conversation.assignee_id is None and conversation.team_id:
        team = queue_email_recipients(conversation.inbox, team=conversation.team_id)
        return team.filter(pk=recipient.pk).exists()
    return conversation.inbox.possible_assignees.filter(pk=recipient.pk).exists()


def render(conversation, recipient, new_messages):
    contact = conversation.contact
    subject = ngettext(
        "%(contact)s is waiting for a reply (%(number)s, %(inbox)s)",
        "%(contact)s is waiting for a reply: %(count)d new messages (%(number)s, %(inbox)s)",
        new_messages.count,
    )
    params = {
        "contact": contact.display_name,
        "count": new_messages.count,
        "number": conversation,
        "inbox": conversation.inbox.name,
    }
    context = {
        "conversation": conversation,
        "contact": contact,
        "new_messages": new_messages,
        "recipient": recipient,
        "url": desk_url(conversation),
        "site_url": settings.SITE_URL,
    }
    return RenderedEmail(
        subject=subject % params,
        reply_to=sendable_address(contact.email),
        **render_bodies("unanswered", context),
    )
