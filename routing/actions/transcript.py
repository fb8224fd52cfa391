"""Emails a contact their conversation when they ask for it.

Threat: a stranger enters someone else's address and has us email them. So there is nothing to email
before an agent has replied, it goes only to the contact's address and not where someone has
unsubscribed, visitors' own words have no links (as in emails with replies), and requests are
limited by visitor, mailbox, network and workspace, and for the whole installation.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.limits import Limit, current_network, first_exceeded, mailbox
from inbox.actions.rate_limits import limit_messages
from inbox.change import changing
from inbox.email_kinds import EmailKind
from inbox.models import Message
from outbox.actions import queue_delivery

DAY = timedelta(days=1)
BY_VISITOR = Limit("transcripts by visitor", 3, DAY)
TO_MAILBOX = Limit("transcripts to a mailbox", 5, DAY)
BY_ADDRESS = Limit("transcripts by address", 30, DAY)
OF_WORKSPACE = Limit("transcripts of a workspace", 500, DAY)
ALL = Limit("transcripts", 5_000, DAY)


class CannotSend(Exception):
    """Its message explains to the visitor why."""


def offers_transcript(conversation) -> bool:
    """Return whether there is a reply to email, and the contact wants emails from us."""
    replies = conversation.messages.filter(kind=Message.Kind.REPLY).not_deleted()
    return not conversation.contact.unsubscribed_at and replies.exists()


def check_offer(conversation, *, needs_address=False):
    """Raise CannotSend if there is nothing to email, or if the contact wants no emails."""
    if not offers_transcript(conversation) or (needs_address and not conversation.contact.email):
        raise CannotSend(_("This conversation can't be emailed."))


def request_transcript(conversation, visitor) -> str:
    """Queue the email and return its address. Raises CannotSend and TooManyMessages."""
    if visitor.is_blocked:
        return conversation.contact.email
    with changing(conversation) as change:
        check_offer(change.conversation, needs_address=True)
        email = change.conversation.contact.email  # it may have been corrected meanwhile
        limit_messages(change.conversation)
        uses = [
            BY_VISITOR.of(visitor.pk),
            TO_MAILBOX.of(mailbox(email)),
            BY_ADDRESS.of(current_network()),
            OF_WORKSPACE.of(conversation.workspace_id),
            ALL.of(),
        ]
        if first_exceeded(*uses):
            raise CannotSend(_("Too many requests today. Try again tomorrow."))
        entry = change.add_activity(
            Message.Activity.TRANSCRIPT_REQUESTED,
            contact=change.conversation.contact.display_name,
        )
        queue_delivery(
            kind=EmailKind.TRANSCRIPT,
            to=email,
            workspace=change.conversation.workspace,
            about=conversation.pk,
            key=f"transcript:{conversation.pk}:{entry.seq}",
            payload={"conversation": str(conversation.pk), "upto": entry.seq},
            at=timezone.now(),
        )
    return email
