"""What a contact does with their own conversation: ends it, or starts another one."""

from django.db import transaction
from django.utils import timezone

from inbox.actions.rate_limits import (
    MAX_CONVERSATIONS,
    VISITOR_WINDOW,
    TooManyMessages,
    limit_messages,
)
from inbox.actions.resolution import resolve_conversation
from inbox.actions.visitor import latest_conversation, lock_token, lock_visitor_and_conversation
from inbox.change import changing, lock_conversation
from inbox.models import Conversation, Message
from messagehub.lib.live.publish import publish


def end_conversation(inbox, *, token):
    """Resolve the visitor's conversation for them.

    Returns the conversation, or None if they have none. Raises TooManyMessages.
    """
    with transaction.atomic():
        visitor, conversation = lock_visitor_and_conversation(inbox, token=token)
        if conversation is None or conversation.is_resolved:
            return conversation
        if visitor.is_blocked:
            conversation.status = Conversation.Status.RESOLVED  # shown as if it were stored
            return conversation
        with changing(conversation) as change:
            limit_messages(change.conversation)
            resolve_conversation(change.conversation, contact=change.conversation.contact)
    return conversation


def start_conversation(inbox, *, token, client_id):
    """Start another conversation for the message with this client id, if their last is resolved.

    Returns whether it did. Called in the transaction that stores the message. A retry finds the
    message in the conversation that it started. Raises TooManyMessages.
    """
    lock_token(token)
    visitor, latest = lock_visitor_and_conversation(inbox, token=token)
    if latest is None or not latest.is_resolved or visitor.is_blocked:
        return False
    # Since it was read, an agent may have reopened it, or the contact may have started another one
    # in a different browser.
    lock_conversation(latest.pk)
    latest = latest_conversation(visitor)
    if not latest.is_resolved:
        return False
    own = Conversation.objects.filter(inbox=inbox, contact=visitor.contact_id)
    if Message.objects.filter(conversation__in=own, client_id=client_id).exists():
        return False
    since = timezone.now() - VISITOR_WINDOW
    if own.filter(created_at__gt=since).count() >= MAX_CONVERSATIONS:
        raise TooManyMessages
    Conversation.objects.create(
        workspace=inbox.workspace,
        inbox=inbox,
        contact=latest.contact,
        number=inbox.workspace.next_number(),
    )
    # The contact's browsers follow the conversation before.
    publish(latest.contact_channel, "moved", {})
    return True
