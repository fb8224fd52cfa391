"""Changing a conversation: lock its row, add entries, save, and tell the open screens once.

Every verb on a conversation runs inside `changing()`. A verb that calls another one joins its
change: one lock, one save, one news to the lists, whatever happened in between.
"""

from contextlib import contextmanager

from django.db import transaction

from inbox.models import Conversation, Message
from inbox.signals import conversation_changed
from messagehub.lib.live.publish import together
from messagehub.lib.text import preview
from teams.models import Membership


class Change:
    """What happens to one locked conversation in one transaction."""

    def __init__(self, conversation, *, is_new=False):
        self.conversation = conversation
        self.was = None if is_new else conversation.place
        self.is_new = is_new
        self.entries = []
        self.is_touched = False
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
            conversation.preview_from = kind
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
    "put_back_by",
    "passed_by",
    "answer_from",
    "answer_by",
    "is_routed",
    "snoozed_until",
    "contact",
    "last_seq",
    "preview",
    "preview_from",
    "last_activity_at",
    "waiting_since",
    "page_url",
    "window_started_at",
    "window_seq",
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
        if change.entries or change.is_touched or change.was != conversation.place:
            conversation.save(update_fields=SAVED)
            transaction.on_commit(lambda: tell(change), robust=True)
    finally:
        conversation.change = None


def lock_conversation(pk):
    return lock_first(Conversation.objects.filter(pk=pk))


def lock_first(conversations):
    """The first of them as it is once nobody else holds it. Raises Conversation.DoesNotExist.

    Only what never changes is joined: a row that was waited for is read anew, but rows joined to
    it still come from before the wait, and the assignee may be another one by then.
    """
    locked = conversations.select_for_update(of=("self",), no_key=True)
    conversation = locked.select_related("contact", "inbox", "workspace")[:1].get()
    conversation.inbox.workspace = conversation.workspace
    if conversation.assignee_id is not None:
        people = Membership.objects.with_person()
        conversation.assignee = people.get(pk=conversation.assignee_id)
    return conversation


def refresh(conversation, fresh):
    """Whoever passed in the conversation goes on with what is stored now."""
    for name in SAVED:
        setattr(conversation, name, getattr(fresh, name))


def tell(change):
    with together():
        conversation_changed.send(Conversation, change=change)
