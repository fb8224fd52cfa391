"""Counts a member's open conversations, and finds their running response timers, for the desk."""

from django.db.models import Count, Q

from inbox.conversation_list import PAGE_SIZE
from inbox.member_queries import find_for
from inbox.models import Conversation


def count_open(membership):
    """Count a member's open conversations: by view, and those they see by inbox, in one query."""
    by_inbox = {inbox: counts for inbox, *counts in find_for(membership, open_by_inbox)}
    views = [sum(counts) for counts in zip(*by_inbox.values(), strict=True)] or [0, 0, 0]
    by_view = dict(zip(("mine", "unassigned", "all"), views, strict=True))
    return by_view, {inbox: seen for inbox, (_mine, _unassigned, seen) in by_inbox.items()}


def open_by_inbox(membership):
    conversations = Conversation.objects.visible_to(membership).open().order_by()
    return conversations.values_list("inbox").annotate(
        mine=Count("inbox", filter=Q(assignee=membership)),
        unassigned=Count("inbox", filter=Q(assignee=None)),
        all=Count("inbox"),
    )


def running_timers(membership):
    """Return the response timers of a member's conversations, first due first."""
    return [
        {
            "number": conversation.number,
            "interval": conversation.response_interval,
            "name": conversation.contact.display_name,
        }
        for conversation in find_for(membership, timed_conversations)
    ]


def timed_conversations(membership):
    mine = Conversation.objects.visible_to(membership).open().assigned_to(membership)
    timed = mine.exclude(response_due_at=None).select_related("contact")
    return timed.order_by("response_due_at")[:PAGE_SIZE]
