"""Stores a contact's message with one statement: the function inbox_store_contact_message().

The function is the only home of these rules: whether the visitor was revoked, is blocked or has to
be verified, which conversation the message belongs to, whether it is a retry, how much a contact
may write at once, when the contact started waiting, and which page they are on. It locks the
visitor, then the conversation.

There are two callers. post_contact_message() calls it in its transaction, and then lets routing
act. The widget's event loop (widget.plain_messages) calls it on its own with a PlainCase: then it
stores the message only if nothing but storing and publishing it has to happen, which is nearly
always so. Otherwise it changes nothing, and the message takes the regular path.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import TextChoices
from django.utils import timezone

from accounts.models import User
from inbox.actions.rate_limits import MAX_ENTRIES, MESSAGE_WINDOW
from inbox.file_names import name_files
from inbox.models import Contact, Conversation, Label, Message
from messagehub.lib.ids import new_id
from messagehub.lib.known_row import known_row
from messagehub.lib.text import preview
from messagehub.lib.tokens import hash_token
from teams.models import Membership, Team


class Outcome(TextChoices):
    STORED = "stored"
    DUPLICATE = "duplicate"  # a retry of a stored message
    CLIENT_ID_REUSED = "client_id_reused"  # by a message with a different body
    REVOKED = "revoked"
    BLOCKED = "blocked"
    UNVERIFIED = "unverified"  # where the inbox requires a verified identity
    TOO_MANY = "too_many"
    NEW_VISITOR = "new_visitor"  # they have not written yet
    NO_CONVERSATION = "no_conversation"
    NOT_PLAIN = "not_plain"
    IN_QUEUE = "in_queue"  # plain, if the conversation stays in the queue


@dataclass(frozen=True)
class NewMessage:
    """What a visitor sent, after validation."""

    token: str
    client_id: UUID
    body: str
    page_url: str = ""
    # What the message says about its files (Attachment.description).
    details: dict = field(default_factory=dict)

    @cached_property
    def preview(self):
        return preview(self.body or name_files(self.details.get("files", ())))


@dataclass(frozen=True)
class PlainCase:
    """What decides whether a message only has to be stored and published.

    reachable: the members who are online and within their office hours, as a PostgreSQL array.
    may_start_timer: whether the inbox has a response timer. stays_queued: a conversation (its id)
    that was found to stay in the queue.
    """

    reachable: str
    may_start_timer: bool
    stays_queued: UUID | None = None


class Stored(NamedTuple):
    """The function's result. What follows `conversation_id` is only set for a plain message.

    With Outcome.IN_QUEUE, `waiting_since` and `contact_owner_id` are set as well.
    """

    outcome: str
    message_id: UUID | None
    message_seq: int | None
    message_created_at: datetime | None
    conversation_id: UUID | None
    number: int | None
    waiting_since: datetime | None
    priority: int | None
    labels: str | None  # JSON: [{"id", "name", "colour"}]
    team_id: UUID | None
    team_name: str | None
    response_timer_started_at: datetime | None
    response_due_at: datetime | None
    contact_id: UUID | None
    contact_name: str | None
    contact_email: str | None
    contact_owner_id: UUID | None
    contact_unsubscribed_at: datetime | None
    assignee_id: UUID | None
    assignee_colour: int | None
    assignee_away_at: datetime | None
    assignee_hours: str | None  # JSON
    assignee_time_zone: str | None
    user_id: UUID | None
    user_name: str | None
    user_email: str | None


STORE = f"SELECT {', '.join(Stored._fields)} FROM inbox_store_contact_message({{}})".format(
    "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::uuid[], %s, %s::uuid"
)


def store_parameters(inbox, new: NewMessage, plain: PlainCase | None = None) -> list:
    """Return the parameters of STORE. plain: to store it only in this case."""
    with inbox.workspace.in_language():  # agents read the preview
        shown = new.preview
    return [
        inbox.pk,
        hash_token(new.token),
        new_id(),
        new.client_id,
        new.body,
        shown,
        new.page_url[:500],
        timezone.now(),
        MESSAGE_WINDOW,
        MAX_ENTRIES,
        plain is not None,
        plain and plain.reachable,
        plain and plain.may_start_timer,
        plain and plain.stays_queued,
    ]


def store_contact_message(inbox, new: NewMessage) -> Stored:
    """Store the message in the caller's transaction, if the visitor has a conversation."""
    with connection.cursor() as cursor:
        cursor.execute(STORE, store_parameters(inbox, new))
        return Stored(*cursor.fetchone())


def build_message(stored: Stored, new: NewMessage, conversation) -> Message:
    """Return the stored message as if it had been loaded with its conversation and contact."""
    return known_row(
        Message,
        id=stored.message_id,
        workspace_id=conversation.workspace_id,
        created_at=stored.message_created_at,
        conversation=conversation,
        seq=stored.message_seq,
        kind=Message.Kind.CONTACT,
        body=new.body,
        author=None,  # so that it isn't looked up
        contact=conversation.contact,
        client_id=new.client_id,
        details=new.details,
    )


def build_plain_conversation(stored: Stored, new: NewMessage, inbox) -> Conversation:
    """Return the open conversation of a plain message, with all that its live updates show."""
    contact = known_row(
        Contact,
        id=stored.contact_id,
        workspace=inbox.workspace,
        name=stored.contact_name,
        email=stored.contact_email,
        owner_id=stored.contact_owner_id,
        unsubscribed_at=stored.contact_unsubscribed_at,
    )
    labels = [Label(**each) for each in json.loads(stored.labels or "[]")]
    conversation = known_row(
        Conversation,
        id=stored.conversation_id,
        workspace=inbox.workspace,
        inbox=inbox,
        contact=contact,
        number=stored.number,
        status=Conversation.Status.OPEN,
        assignee=build_assignee(stored, inbox),
        response_timer_started_at=stored.response_timer_started_at,
        response_due_at=stored.response_due_at,
        priority=stored.priority,
        label_ids=[each.pk for each in labels],
        team=build_team(stored, inbox),
        last_seq=stored.message_seq,
        preview=new.preview,
        preview_kind=Message.Kind.CONTACT,
        last_activity_at=stored.message_created_at,
        waiting_since=stored.waiting_since,
    )
    conversation.labels = labels
    return conversation


def build_team(stored: Stored, inbox) -> Team | None:
    if stored.team_id is None:
        return None
    return Team(id=stored.team_id, workspace=inbox.workspace, name=stored.team_name)


def build_assignee(stored: Stored, inbox) -> Membership | None:
    if stored.assignee_id is None:
        return None
    user = known_row(User, id=stored.user_id, name=stored.user_name, email=stored.user_email)
    return known_row(
        Membership,
        id=stored.assignee_id,
        workspace=inbox.workspace,
        user=user,
        colour=stored.assignee_colour,
        away_at=stored.assignee_away_at,
        hours=json.loads(stored.assignee_hours),
        time_zone=stored.assignee_time_zone,
    )
