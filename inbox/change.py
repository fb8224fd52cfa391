"""Changing a conversation: lock its row, add entries, save, and tell the open screens once.

Every verb on a conversation runs inside `changing()`. A verb that calls another one joins its
change: one lock, one save, one news to the lists, whatever happened in between.
"""

from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from inbox.models import Conversation, Message
from inbox.signals import conversation_changed
from messagehub.lib.live.publish import publish_in_one_batch
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.text import preview
from teams.models import Membership


class Change:
    """What happens to one locked conversation in one transaction."""

    def __init__(self, conversation, *, is_new=False):
        self.conversation = conversation
        self.was = None if is_new else conversation.list_key
        self.is_new = is_new
        self.entries = []
        self.is_touched = False
        self.online = None  # who is there, once somebody had to ask (teams.presence.Online)
        conversation.change = self

    def add(self, kind, **fields):
        """The next entry of the timeline."""
        conversation = self.conversation
        conversation.last_seq += 1
        message = Message(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            seq=conversation.last_seq,
            kind=kind,
            **fields,
        )
        message.save(force_insert=True)
        if kind != Message.Kind.ACTIVITY:
            conversation.preview = preview(message.body)
            conversation.preview_kind = kind
            conversation.last_activity_at = message.created_at
        self.entries.append(message)
        return message

    def touch(self):
        """Something else of it is another: to be saved and shown, without an entry."""
        self.is_touched = True

    def add_activity(self, activity, *, by=None, **details):
        return self.add(Message.Kind.ACTIVITY, activity=activity, author=by, details=details)


SAVED = [
    "status",
    "assignee",
    "released_by",
    "released_at",
    "timed_out_for",
    "response_timer_started_at",
    "response_due_at",
    "is_routed",
    "snoozed_until",
    "contact",
    "last_seq",
    "preview",
    "preview_kind",
    "last_activity_at",
    "waiting_since",
    "page_url",
    "rate_window_started_at",
    "rate_window_seq",
]


@contextmanager
def changing(conversation):
    """Yields the Change of the locked conversation; joins the one under way, if there is one."""
    change = getattr(conversation, "change", None)
    if change is not None:
        yield change
        return
    with transaction.atomic(), change_of(Change(lock_conversation(conversation.pk))) as change:
        yield change
    refresh(conversation, change.conversation)


@contextmanager
def change_of(change):
    """The life of a change on a row that this transaction has locked or just inserted."""
    conversation = change.conversation
    try:
        yield change
        if change.entries or change.is_touched or change.previous_list_key != conversation.list_key:
            conversation.save(update_fields=SAVED)
            transaction.on_commit(lambda: tell(change), robust=True)
    finally:
        conversation.change = None


def locked(conversations):
    """Only what never changes is joined: a row that was waited for is read anew, but rows joined
    to it still come from before the wait, and the assignee may be another one by then."""
    rows = conversations.select_for_update(of=("self",), no_key=True)
    return rows.select_related("contact", "inbox", "workspace")[:1]


BY_KEY = PreparedQuery(lambda pk: locked(Conversation.objects.filter(pk=pk)), pk=UUID)
LATEST = PreparedQuery(
    lambda inbox, contact: locked(
        Conversation.objects.filter(inbox=inbox, contact=contact).order_by("-number")
    ),
    inbox=UUID,
    contact=UUID,
)
PERSON = PreparedQuery(lambda pk: Membership.objects.with_person().filter(pk=pk), pk=UUID)


def lock_conversation(pk):
    """As it is once nobody else holds it. Raises Conversation.DoesNotExist."""
    conversation = with_related(BY_KEY.first(pk=as_uuid(pk)))
    if conversation is None:
        raise Conversation.DoesNotExist
    return conversation


def lock_latest(inbox, contact):
    """The latest conversation of a contact (an id) in an inbox, or None."""
    return with_related(LATEST.first(inbox=inbox.pk, contact=contact))


def with_related(conversation):
    if conversation is None:
        return None
    conversation.inbox.workspace = conversation.workspace
    if conversation.assignee_id is not None:
        conversation.assignee = PERSON.first(pk=conversation.assignee_id)
    return conversation


def as_uuid(pk):
    return pk if isinstance(pk, UUID) else UUID(pk)


def refresh(conversation, fresh):
    """Whoever passed in the conversation goes on with what is stored now."""
    for name in SAVED:
        setattr(conversation, name, getattr(fresh, name))


def tell(change):
    with publish_in_one_batch():
        conversation_changed.send_robust(Conversation, change=change)
