"""Changes a conversation: lock its row, add entries, save, and publish the result once.

Every action on a conversation runs inside `changing()`. An action that calls another one shares its
change, so that there is one lock, one save and one live update.
"""

from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from inbox.models import Conversation, Message
from inbox.signals import conversation_changed
from messagehub.lib.live.publish import publish_in_one_batch
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.prepared_row import insert_row, update_row
from messagehub.lib.text import preview
from teams.models import Membership


class Change:
    """The changes to one locked conversation in one transaction."""

    def __init__(self, conversation, *, is_new=False):
        self.conversation = conversation
        self.previous_list_key = None if is_new else conversation.list_key
        self.is_new = is_new
        self.entries = []
        self.revised = []  # entries that were edited or deleted
        self.is_touched = False
        self.bulk_run = None  # the id of the bulk run that it belongs to
        self.online = None  # teams.presence.Online, once something had to look it up
        conversation.change = self

    def add(self, kind, **fields):
        """Add an entry to the timeline."""
        conversation = self.conversation
        conversation.last_seq += 1
        message = Message(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            seq=conversation.last_seq,
            kind=kind,
            **fields,
        )
        insert_row(message)
        if kind != Message.Kind.ACTIVITY:
            conversation.preview = self.preview_of(message)
            conversation.preview_kind = kind
            conversation.last_activity_at = message.created_at
        self.entries.append(message)
        return message

    def revise(self, message, **fields):
        """Change an entry that is on screens already, and number the change."""
        conversation = self.conversation
        conversation.last_revision += 1
        for name, value in fields.items():
            setattr(message, name, value)
        message.revision = conversation.last_revision
        message.save(update_fields=["revision", *fields])
        last = conversation.messages.not_deleted().exclude(kind=Message.Kind.ACTIVITY)
        last = last.order_by("-seq").first()
        conversation.preview = self.preview_of(last) if last else ""
        conversation.preview_kind = last.kind if last else ""
        self.revised.append(message)

    def preview_of(self, message):
        """Return what lists show of a message, in the language of their readers."""
        with self.workspace.in_language():
            return preview(message.body_preview)

    @property
    def workspace(self):
        return self.conversation.workspace

    def touch(self):
        """Have the conversation saved and published even without a new entry."""
        self.is_touched = True

    @property
    def has_news(self):
        return bool(self.entries or self.revised or self.is_touched)

    def add_activity(self, activity, *, by=None, **details):
        if self.bulk_run and activity == Message.Activity.ASSIGNED:
            details["bulk"] = str(self.bulk_run)  # the assignee is notified of all of them at once
        return self.add(Message.Kind.ACTIVITY, activity=activity, author=by, details=details)


SAVED_FIELDS = (
    "status",
    "assignee",
    "priority",
    "team_id",
    "label_ids",
    "released_by",
    "released_at",
    "timed_out_for",
    "response_timer_started_at",
    "response_due_at",
    "is_routed",
    "snoozed_until",
    "rating",
    "contact",
    "last_seq",
    "last_revision",
    "preview",
    "preview_kind",
    "last_activity_at",
    "waiting_since",
    "page_url",
    "rate_window_started_at",
    "rate_window_seq",
)


@contextmanager
def changing(conversation):
    """Lock the conversation and yield its Change, or the Change already in progress."""
    change = getattr(conversation, "change", None)
    if change is not None:
        yield change
        return
    with transaction.atomic(), saving(Change(lock_conversation(conversation.pk))) as change:
        yield change
    copy_saved_fields(change.conversation, to=conversation)


@contextmanager
def saving(change):
    """Save and publish the change of a row that this transaction has locked or just inserted."""
    conversation = change.conversation
    try:
        yield change
        if change.has_news or change.previous_list_key != conversation.list_key:
            update_row(conversation, SAVED_FIELDS)
            transaction.on_commit(lambda: send_conversation_changed(change), robust=True)
    finally:
        conversation.change = None


def for_update(conversations):
    """Lock the first of these conversations.

    After waiting for a lock PostgreSQL reads the locked row again, but not the rows joined to it.
    So the assignee isn't joined, and an action that changes the contact locks it (lock_contact()).
    """
    rows = conversations.select_for_update(of=("self",), no_key=True)
    return rows.select_related("contact", "inbox", "workspace")[:1]


CONVERSATION_LOCK = PreparedQuery(
    lambda pk: for_update(Conversation.objects.filter(pk=pk)), pk=UUID
)
MEMBERSHIP = PreparedQuery(lambda pk: Membership.objects.with_related().filter(pk=pk), pk=UUID)


def lock_conversation(pk):
    """Lock the conversation and return it as it is now. Raises Conversation.DoesNotExist."""
    pk = as_uuid(pk)
    # If its contact was merged while this waited for the lock, PostgreSQL doesn't find the row
    # together with the former contact. The second attempt doesn't wait.
    conversation = CONVERSATION_LOCK.first(pk=pk) or CONVERSATION_LOCK.first(pk=pk)
    conversation = attach_assignee(conversation)
    if conversation is None:
        raise Conversation.DoesNotExist
    return conversation


def reload_new(conversation):
    """Return a conversation that this transaction has inserted as it is now.

    No one else can have changed it, so only its own row is read: its contact and inbox are those it
    was made with.
    """
    stored = NEW_CONVERSATION.first(pk=conversation.pk)
    stored.workspace, stored.inbox = conversation.workspace, conversation.inbox
    stored.contact = conversation.contact
    return stored


NEW_CONVERSATION = PreparedQuery(lambda pk: Conversation.objects.filter(pk=pk), pk=UUID)


def attach_assignee(conversation):
    if conversation is None:
        return None
    conversation.inbox.workspace = conversation.workspace
    if conversation.assignee_id is not None:
        conversation.assignee = MEMBERSHIP.first(pk=conversation.assignee_id)
    return conversation


def as_uuid(pk):
    return pk if isinstance(pk, UUID) else UUID(pk)


def copy_saved_fields(conversation, *, to):
    """Update the caller's instance to what is stored now."""
    for name in SAVED_FIELDS:
        setattr(to, name, getattr(conversation, name))
    to.__dict__.pop("labels", None)


def send_conversation_changed(change):
    with publish_in_one_batch():
        conversation_changed.send_robust(Conversation, change=change)
