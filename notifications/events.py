"""Find the events in timelines, and the members they concern."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from inbox.models import BulkItem, Conversation, Follower, Message
from notifications.models import Notification
from routing.models import Decision, Trigger

Kind = Notification.Kind
# The desk warns this long before a response timer ends (static/desk/response-warning.js).
DUE_SOON = timedelta(seconds=20)


class Event(NamedTuple):
    """One entry that concerns one member."""

    workspace: UUID
    membership: UUID
    conversation: UUID
    kind: str
    seq: int
    at: datetime


def events_of(entries) -> set[Event]:
    """Return the events for the members whom these entries concern."""
    by_contact = [each for each in entries if each.kind == Message.Kind.CONTACT]
    assignments = [each for each in entries if each.activity == Message.Activity.ASSIGNED]
    return {
        *find_mentions(entries),
        *find_assignments(assignments),
        *find_reassignments(assignments),
        *find_answers(by_contact, assignments),
    }


def event(entry, membership, kind):
    return Event(
        entry.workspace_id,
        UUID(str(membership)),
        entry.conversation_id,
        kind.value,
        entry.seq,
        entry.created_at,
    )


def find_mentions(entries):
    for entry in entries:
        members = {member for each in entry.mentions for member in each["members"]}
        for member in members - {str(entry.author_id)}:
            yield event(entry, member, Kind.MENTIONED)


def find_assignments(entries):
    """Find assignments by colleagues. Those of a bulk run become one event at its end."""
    for entry in entries:
        if entry.details["to_id"] != str(entry.author_id) and "bulk" not in entry.details:
            yield event(entry, entry.details["to_id"], Kind.ASSIGNED)


def find_bulk_assignments(run) -> list[Event]:
    """Return for each member an event for every conversation that a bulk run assigned to them.

    All refer to the last conversation, so that they become one notification with a count.
    """
    by_member = defaultdict(list)
    for entry in bulk_assignments(run):
        if entry.details["to_id"] != str(entry.author_id):
            by_member[entry.details["to_id"]].append(entry)
    return [
        event(entries[-1], member, Kind.BULK_ASSIGNED)
        for member, entries in by_member.items()
        for _ in entries
    ]


def bulk_assignments(run):
    """Return the assignments of a bulk run that haven't been undone."""
    items = run.items.filter(result=BulkItem.Result.CHANGED)
    items = items.exclude(undo_result=BulkItem.Result.CHANGED)
    entries = Message.objects.filter(
        conversation__in=items.values("conversation"),
        activity=Message.Activity.ASSIGNED,
        details__bulk=str(run.pk),
    )
    return entries.order_by("pk")


def find_reassignments(entries):
    """Find the agents whose response timer ended before routing reassigned the conversation."""
    routed = {each.details["decision"]: each for each in entries if each.details.get("decision")}
    timed_out = Decision.objects.filter(pk__in=routed, trigger=Trigger.TIMER) if routed else ()
    for decision in timed_out:
        entry = routed[str(decision.pk)]
        earlier = Message.objects.filter(
            conversation=entry.conversation_id,
            seq__lt=entry.seq,
            activity=Message.Activity.ASSIGNED,
        )
        previous = earlier.order_by("-seq").first()
        if previous is not None:
            yield event(entry, previous.details["to_id"], Kind.REASSIGNED)


def find_answers(entries, assignments):
    """Find the assignee and the followers that each message of a contact had when it arrived."""
    conversations = {each.conversation_id for each in entries}
    assigned = Conversation.objects.filter(pk__in=conversations).exclude(assignee=None)
    assignees = dict(assigned.values_list("pk", "assignee") if entries else ())
    assigned_at = {each.conversation_id: each.seq for each in assignments}
    followers = find_followers(conversations)
    for entry in entries:
        conversation = entry.conversation_id
        members = {pk for pk, since in followers[conversation] if since <= entry.created_at}
        if conversation in assignees and entry.seq > assigned_at.get(conversation, 0):
            members.add(assignees[conversation])
        for member in members:
            yield event(entry, member, Kind.ANSWERED)


def find_followers(conversations):
    """Return {conversation: [(member, when they started following)]}, all by id."""
    found = defaultdict(list)
    if conversations:
        rows = Follower.objects.following().filter(conversation__in=conversations)
        for conversation, *follower in rows.values_list("conversation", "membership", "created_at"):
            found[conversation].append(follower)
    return found


def find_due_responses():
    """Return an event for each response timer that is nearly over."""
    now = timezone.now()
    due = Conversation.objects.open().filter(response_due_at__range=(now, now + DUE_SOON))
    due = due.exclude(assignee=None)
    rows = due.values_list("workspace", "assignee", "pk", "last_seq")
    return {
        Event(workspace, assignee, pk, Kind.DUE.value, seq, now)
        for workspace, assignee, pk, seq in rows
    }
