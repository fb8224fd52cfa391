"""Counts a member's open conversations, and finds their running response timers, for the desk."""

from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import JSONObject

from inbox.actions.draft import numbers_with_draft
from inbox.conversation_list import PAGE_SIZE
from inbox.member_queries import find_for, find_values
from inbox.models import Conversation
from inbox.sidebar import count_views, list_views, visible_views
from inbox.signals import desk_counts_requested


def load_counts(membership):
    """Return all counts of the desk and the running timers.

    Every page asks every few seconds, and few members have saved views or running timers.
    """
    answers = desk_counts_requested.send(Conversation)
    others = {name: build for _receiver, builds in answers for name, build in builds.items()}
    found = find_values(membership, open=open_by_inbox, views=any_view, timers=any_timer, **others)
    counts, _by_inbox = sum_open(found["open"])
    counts |= {name: sum(found[name]) for name in others}
    if found["views"]:
        counts |= count_views(membership, list_views(membership))
    return counts | {"timers": running_timers(membership) if found["timers"] else []}


def count_open(membership):
    """Count a member's open conversations: by view, and those they see by inbox."""
    return sum_open(find_values(membership, open=open_by_inbox)["open"])


def load_for_list(membership):
    """Return what count_open() does, and the numbers of conversations with a draft."""
    found = find_values(membership, open=open_by_inbox, drafts=numbers_with_draft)
    return *sum_open(found["open"]), found["drafts"]


def sum_open(inboxes):
    by_view = {view: sum(each[view] for each in inboxes) for view in VIEWS}
    return by_view, {UUID(each["inbox"]): each["all"] for each in inboxes}


VIEWS = ("mine", "unassigned", "all")


def open_by_inbox(membership):
    conversations = Conversation.objects.visible_to(membership).open().order_by()
    counts = JSONObject(
        inbox="inbox",
        mine=Count("inbox", filter=Q(assignee=membership)),
        unassigned=Count("inbox", filter=Q(assignee=None)),
        all=Count("inbox"),
    )
    return conversations.values("inbox").annotate(counts=counts).values("counts")


def any_view(membership):
    return visible_views(membership).values("pk")[:1]


def any_timer(membership):
    return timed_conversations(membership).values("pk")[:1]


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
