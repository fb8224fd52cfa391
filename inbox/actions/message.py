"""Stores what people write: messages of contacts, replies and notes of agents."""

from uuid import UUID

from django.db import transaction

from inbox.actions.assignment import assign_conversation
from inbox.actions.attachment import FilesGone, bind_files, claim_files, describe_files
from inbox.actions.contact_attribute import lock_attributes
from inbox.actions.contact_message import (
    NewMessage,
    Outcome,
    build_message,
    store_contact_message,
)
from inbox.actions.draft import delete_sent_draft
from inbox.actions.ending import start_conversation
from inbox.actions.follower import add_followers
from inbox.actions.mention import record_mentions
from inbox.actions.prechat import record_consent, save_answers
from inbox.actions.rate_limits import TooManyMessages
from inbox.actions.resolution import clear_waiting, reopen_conversation
from inbox.actions.snooze import wake_conversation
from inbox.actions.visitor import (
    IdentityRequired,
    VisitorBlocked,
    VisitorRevoked,
    conversations_of,
    create_visitor,
    lock_token,
    lock_visitor,
)
from inbox.change import Change, changing, lock_conversation, reload_new, saving
from inbox.mentions import resolve_mentions
from inbox.models import Conversation, Message
from inbox.signals import contact_wrote, conversation_answered, conversation_needs_agent
from inbox.timeline import with_people
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.prepared_row import insert_row
from messagehub.lib.round_trip import one_round_trip
from messagehub.lib.tokens import hash_token


class ClientIdReused(Exception):
    """A message with this client id is already stored and has a different body or other files."""


class NewsSince(Exception):
    """Others wrote or changed the conversation since what the author had seen."""

    def __init__(self, conversation, entries):
        super().__init__(f"{len(entries)} new entries")
        self.conversation, self.entries = conversation, entries


def post_contact_message(
    inbox,
    *,
    token,
    client_id,
    body,
    page_url="",
    ip_address=None,
    files=(),
    answers=None,
    starts_new=False,
    captcha=None,
    greeting="",
    language="",
):
    """Store a visitor's message and find an agent for it in one transaction.

    files: the ids of files that the visitor uploaded. answers: what they entered before their first
    message (prechat.Answers), ignored with later ones. starts_new: in another conversation, if
    their last one is resolved. greeting: the one on the page that made them write. language:
    the one in which a new contact sees the chat. Returns (message, its Change). A retry with the
    same client id and content returns the stored message and None. Raises ClientIdReused,
    FilesGone, TooManyMessages, VisitorRevoked, VisitorBlocked, IdentityRequired, CaptchaRequired.
    """
    with transaction.atomic():
        claimed = claim_files(inbox.workspace_id, files, token_hash=hash_token(token))
        new = NewMessage(token, client_id, body, page_url, describe_files(claimed))
        is_new = starts_new and start_conversation(inbox, token=token, client_id=client_id)
        started = None
        with one_round_trip():
            lock_token(token)
            stored = store_contact_message(inbox, new)
        if stored.outcome in (Outcome.NEW_VISITOR, Outcome.NO_CONVERSATION):
            stranger = {"ip_address": ip_address, "captcha": captcha, "language": language}
            is_known = stored.outcome == Outcome.NO_CONVERSATION
            stored, started = store_first_message(
                inbox, new, None if is_known else stranger, answers=answers
            )
        if error := REFUSALS.get(stored.outcome):
            raise error
        is_new = is_new or started is not None
        conversation = reload_new(started) if started else lock_conversation(stored.conversation_id)
        if stored.outcome == Outcome.DUPLICATE:
            message = check_files(Message.objects.get(pk=stored.message_id), files)
            message.conversation = conversation
            return message, None
        message = build_message(stored, new, conversation)
        if files:
            attach_files(message, claimed, files)
            Message.objects.filter(pk=message.pk).update(details=message.details)
        with saving(Change(conversation, is_new=is_new)) as change:
            change.entries.append(message)
            if is_new and greeting:
                name = conversation.contact.display_name
                change.add_activity(Message.Activity.GREETED, contact=name, text=greeting)
            if is_new and answers:
                record_consent(change, answers)
            request_agent(conversation)
            contact_wrote.send(Conversation, conversation=conversation, message=message)
    return message, change


REFUSALS = {
    Outcome.CLIENT_ID_REUSED: ClientIdReused,
    Outcome.TOO_MANY: TooManyMessages,
    Outcome.REVOKED: VisitorRevoked,
    Outcome.BLOCKED: VisitorBlocked,
    Outcome.UNVERIFIED: IdentityRequired,
}


def store_first_message(inbox, new, stranger, *, answers=None):
    """Store the message of a visitor without a conversation, and start one if they still have none.

    stranger: what create_visitor() needs, or None for a visitor who exists. Returns (stored, the
    conversation that was started or None).
    """
    # Before the locks of visitors and contacts, as everywhere.
    known = lock_attributes(inbox.workspace_id) if answers and answers.attributes else set()
    if stranger is not None:
        visitor = create_visitor(inbox, token=new.token, **stranger)
    else:
        visitor = lock_visitor(inbox, token=new.token)
        if conversations_of(visitor).exists():
            return store_contact_message(inbox, new), None
    if answers:
        visitor.contact = save_answers(visitor.contact, answers, known_attributes=known)
    number = inbox.workspace.next_number()
    conversation = Conversation(
        workspace=inbox.workspace, inbox=inbox, contact=visitor.contact, number=number
    )
    with one_round_trip():
        insert_row(conversation)
        return store_contact_message(inbox, new), conversation


def check_files(message, files):
    """Return the stored message if it has these files. Raises ClientIdReused."""
    if [file["id"] for file in message.files] != [str(pk) for pk in files]:
        raise ClientIdReused
    return message


def attach_files(message, claimed, files):
    """Make the claimed files the message's. Raises FilesGone unless they are all of its files."""
    if len(claimed) < len(files):
        raise FilesGone
    bind_files(claimed, message)


def find_duplicate(change, client_id, body, files):
    """Return the message already stored under this client id, or None. Raises ClientIdReused."""
    message = MESSAGE_BY_CLIENT_ID.first(conversation=change.conversation.pk, client_id=client_id)
    if message is None:
        return None
    if message.body != body and message.revision is None:
        raise ClientIdReused
    message.conversation = change.conversation
    return check_files(message, files)


MESSAGE_BY_CLIENT_ID = PreparedQuery(
    lambda conversation, client_id: Message.objects.filter(
        conversation=conversation, client_id=client_id
    ),
    conversation=UUID,
    client_id=UUID,
)


def request_agent(conversation):
    """Reopen or wake the conversation, or have routing look for an agent if it has none."""
    if conversation.is_resolved:
        reopen_conversation(conversation)
    elif conversation.is_snoozed:
        wake_conversation(conversation)
    elif conversation.assignee_id is None:
        conversation_needs_agent.send(Conversation, conversation=conversation, trigger="message")


def post_reply(conversation, *, body, client_id, by, known_seq=None, files=()):
    """Reply to the contact. An unassigned conversation is assigned to the author.

    known_seq: the last entry that the author had seen. files: the ids of files that the author
    uploaded. Raises ClientIdReused, FilesGone, and NewsSince if others did something after it that
    the author should know first.
    """
    with changing(conversation) as change:
        if stored := find_duplicate(change, client_id, body, files):
            return stored
        if news := find_news(change.conversation, after=known_seq, member=by):
            raise NewsSince(change.conversation, news)
        message = add_message(change, Message.Kind.REPLY, body, client_id, by, files)
        clear_waiting(change.conversation)
        if change.conversation.assignee_id is None:
            assign_conversation(change.conversation, assignee=by, by=by)
        delete_sent_draft(change.conversation, client_id=client_id, by=by)
        conversation_answered.send(Conversation, conversation=change.conversation)
        add_followers(change.conversation, [by.pk])
    return message


NEWS = {
    *(Message.Activity.ASSIGNED, Message.Activity.UNASSIGNED, Message.Activity.RETURNED),
    *(Message.Activity.RESOLVED, Message.Activity.REOPENED, Message.Activity.SNOOZED),
}


def find_news(conversation, *, after, member):
    """Return the entries after a seq that this member should see before they reply.

    That is what the contact and colleagues wrote, and that it was resolved or got another agent.
    """
    if after is None or after >= conversation.last_seq:
        return []
    entries = with_people(conversation.messages.not_deleted().after(after), conversation)
    news = [entry for entry in entries if is_news(entry, member)]
    repliers = {entry.author_id for entry in news if entry.kind == Message.Kind.REPLY}
    # Replying to an unassigned conversation assigns it to the author, so that isn't news.
    return [entry for entry in news if not (is_taking(entry) and entry.author_id in repliers)]


def is_news(entry, member):
    if entry.author_id == member.pk:
        return False
    if entry.kind != Message.Kind.ACTIVITY:
        return True
    return entry.activity in NEWS and entry.details.get("to_id") != str(member.pk)


def is_taking(entry):
    is_assigned = entry.activity == Message.Activity.ASSIGNED
    return is_assigned and entry.details["to_id"] == str(entry.author_id)


def post_note(conversation, *, body, client_id, by, mentioned=(), files=()):
    """Add a private note that only agents can see.

    mentioned: the ids of the members and teams that the author chose for a mention. Raises
    CannotMention, ClientIdReused, FilesGone.
    """
    with changing(conversation) as change:
        if stored := find_duplicate(change, client_id, body, files):
            return stored
        mentions = resolve_mentions(change.conversation, body, chosen=mentioned)
        details = {"mentions": [each.as_json() for each in mentions]} if mentions else {}
        note = add_message(change, Message.Kind.NOTE, body, client_id, by, files, details)
        record_mentions(note, mentions)
        delete_sent_draft(change.conversation, client_id=client_id, by=by)
    return note


def add_message(change, kind, body, client_id, by, files, details=None):
    claimed = claim_files(change.conversation.workspace_id, files, member=by)
    details = (details or {}) | describe_files(claimed)
    message = change.add(kind, body=body, client_id=client_id, author=by, details=details)
    attach_files(message, claimed, files)
    return message
