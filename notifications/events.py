"""Find the events in timelines, and the members they concern."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from inbox.models import BulkItem, Conversation, Message
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


# Whether an event is news: not stored yet, of concern to a current member, and not yet shown on any
# of their pages. A response that is due soon is news even to a member who has read the message.
IS_NEWS = f"""
    NOT EXISTS (
        SELECT FROM notifications_notification known
        WHERE known.membership_id = event.membership_id
            AND known.conversation_id = event.conversation_id
            AND known.kind = event.kind AND (
                event.seq = ANY (known.recent_seqs)
                OR cardinality(known.recent_seqs) = {Notification.MAX_RECENT_SEQS}
                    AND event.seq < known.recent_seqs[1]
            )
    ) AND (
        event.kind = 'due' OR NOT EXISTS (
            SELECT FROM inbox_readmarker marker
            WHERE marker.membership_id = event.membership_id
                AND marker.conversation_id = event.conversation_id AND marker.seq >= event.seq
        )
    ) AND EXISTS (
        SELECT FROM teams_membership member
        WHERE member.id = event.membership_id
            AND member.removed_at IS NULL AND member.suspended_at IS NULL
    )
"""

# An assignment after the message has an event of its own.
ANSWERS = f"""
WITH message AS (
    SELECT workspace_id, conversation_id, seq, created_at FROM inbox_message
    WHERE id > %(first_id)s AND created_at <= %(until)s AND kind = 'contact'
), event AS (
    SELECT message.workspace_id, assignee_id AS membership_id, message.conversation_id,
        'answered' AS kind, message.seq, message.created_at
    FROM message JOIN inbox_conversation conversation ON conversation.id = message.conversation_id
    WHERE assignee_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM inbox_message assignment
        WHERE assignment.conversation_id = message.conversation_id
            AND assignment.seq > message.seq AND assignment.activity = 'assigned'
            AND assignment.id > %(first_id)s -- so that no plan reads all assignments
    )
    UNION
    SELECT message.workspace_id, membership_id, message.conversation_id,
        'answered', message.seq, message.created_at
    FROM message JOIN inbox_follower follower USING (conversation_id)
    WHERE NOT has_unfollowed AND follower.created_at <= message.created_at
)
SELECT * FROM event WHERE {IS_NEWS}
"""


def events_of(entries) -> set[Event]:
    """Return the events for the members whom these entries of colleagues and routing concern."""
    assignments = [each for each in entries if each.activity == Message.Activity.ASSIGNED]
    return {
        *find_mentions(entries),
        *find_assignments(assignments),
        *find_reassignments(assignments),
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


def find_answers(first_id, until) -> set[Event]:
    """Find what contacts wrote since this id, for the assignees and followers who don't know it.

    In PostgreSQL, because each sweep finds again the messages of the last half minute.
    """
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, {"first_id": first_id, "until": until})
        return {Event(*row) for row in cursor.fetchall()}


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
