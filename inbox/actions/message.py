"""What people write: the contact, agents to them, and agents among themselves."""

from uuid import UUID

from django.db import transaction

from inbox.actions.assignment import assign_conversation
from inbox.actions.rate_limits import limit_flood
from inbox.actions.resolution import nobody_waits, reopen_conversation
from inbox.actions.snooze import wake_conversation
from inbox.actions.visitor import lock_visitor
from inbox.change import Change, change_of, changing, lock_latest
from inbox.models import Conversation, Message
from inbox.signals import contact_wrote, conversation_answered, conversation_needs_agent
from messagehub.lib.prepared_query import PreparedQuery


class ClientIdReused(Exception):
    """The client id names a message that says something else."""


def post_contact_message(inbox, *, token, client_id, body, page_url="", address=None):
    """Store what the visitor wrote and find somebody for it, in one transaction.

    Returns (message, created). The same client id with the same body is the same message.
    Raises ClientIdReused, TooManyMessages, VisitorRevoked.
    """
    with transaction.atomic():
        visitor = lock_visitor(inbox, token=token, address=address)
        change = conversation_to_continue(inbox, visitor)
        with change_of(change):
            if not change.is_new and (stored := stored_message(change, client_id, body)):
                return stored, False
            conversation = change.conversation
            limit_flood(conversation)
            conversation.page_url = page_url[:500] or conversation.page_url
            message = change.add(
                Message.Kind.CONTACT, body=body, client_id=client_id, contact=visitor.contact
            )
            conversation.waiting_since = conversation.waiting_since or message.created_at
            conversation.released_by = []  # it is another question by now
            find_agent(conversation)
            contact_wrote.send(Conversation, conversation=conversation, message=message)
    return message, True


def conversation_to_continue(inbox, visitor):
    """The latest conversation of the contact in this inbox, locked; or a new one."""
    if latest := lock_latest(inbox, visitor.contact_id):
        return Change(latest)
    conversation = Conversation.objects.create(
        workspace=inbox.workspace,
        inbox=inbox,
        contact=visitor.contact,
        number=inbox.workspace.next_number(),
    )
    return Change(conversation, is_new=True)


def stored_message(change, client_id, body):
    message = STORED.first(conversation=change.conversation.pk, client_id=client_id)
    if message is not None and message.body != body:
        raise ClientIdReused
    if message is not None:
        message.conversation = change.conversation
    return message


STORED = PreparedQuery(
    lambda conversation, client_id: Message.objects.filter(
        conversation=conversation, client_id=client_id
    ),
    conversation=UUID,
    client_id=UUID,
)


def find_agent(conversation):
    if conversation.is_resolved:
        reopen_conversation(conversation)
    elif conversation.is_snoozed:
        wake_conversation(conversation)
    elif conversation.assignee_id is None:
        conversation_needs_agent.send(Conversation, conversation=conversation, trigger="message")


def post_reply(conversation, *, body, client_id, by):
    """An agent answers the contact. Answering what nobody has is taking it."""
    with changing(conversation) as change:
        if stored := stored_message(change, client_id, body):
            return stored
        message = change.add(Message.Kind.REPLY, body=body, client_id=client_id, author=by)
        nobody_waits(change.conversation)
        if change.conversation.assignee_id is None:
            assign_conversation(change.conversation, assignee=by, by=by)
        conversation_answered.send(Conversation, conversation=change.conversation)
    return message


def post_note(conversation, *, body, client_id, by):
    """A private note: seen by agents only."""
    with changing(conversation) as change:
        if stored := stored_message(change, client_id, body):
            return stored
        return change.add(Message.Kind.NOTE, body=body, client_id=client_id, author=by)
