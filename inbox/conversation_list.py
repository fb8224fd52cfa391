"""Finds and counts the conversations that the desk's lists show."""

from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from django.db.models import Count, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation, Inbox

PAGE_SIZE = 50
VIEWS = {"mine": _("Mine"), "unassigned": _("Unassigned"), "all": _("All")}
STATUSES = {"open": _("Open"), "snoozed": _("Snoozed"), "resolved": _("Resolved")}


@dataclass(frozen=True)
class ConversationFilters:
    """The filters in the page's URL; unknown values fall back to the defaults."""

    view: str
    status: str
    inbox: UUID | None

    @classmethod
    def from_query(cls, query):
        view, status = query.get("view"), query.get("status")
        return cls(
            view=view if view in VIEWS else "mine",
            status=status if status in STATUSES else "open",
            inbox=uuid_or_none(query.get("inbox", "")),
        )

    @property
    def query(self):
        query = f"view={self.view}&status={self.status}"
        return f"{query}&inbox={self.inbox}" if self.inbox else query

    @property
    def title(self):
        return VIEWS[self.view]

    def get_conversations(self, membership):
        conversations = Conversation.objects.visible_to(membership).filter(status=self.status)
        if self.inbox:
            conversations = conversations.filter(inbox=self.inbox)
        if self.view == "mine":
            return conversations.assigned_to(membership)
        if self.view == "unassigned":
            return conversations.unassigned()
        return conversations

    def get_page(self, membership, before=""):
        """Return the rows after `before`, the time of the last row seen, latest activity first.

        One row more than PAGE_SIZE shows that another page follows.
        """
        rows = self.get_conversations(membership).with_related().latest_first()
        if before and (time := parse_time(before)):
            rows = rows.filter(last_activity_at__lt=time)
        return list(rows[: PAGE_SIZE + 1])


def count_by_view(membership):
    """Count a member's own, unassigned and all visible open conversations in one query."""
    conversations = Conversation.objects.visible_to(membership).open()
    return conversations.aggregate(
        mine=Count("pk", filter=Q(assignee=membership)),
        unassigned=Count("pk", filter=Q(assignee=None)),
        all=Count("pk"),
    )


def running_timers(membership):
    """Return the response timers of a member's conversations, first due first."""
    mine = Conversation.objects.visible_to(membership).open().assigned_to(membership)
    timed = mine.exclude(response_due_at=None).select_related("contact").order_by("response_due_at")
    return [
        {
            "number": conversation.number,
            "interval": conversation.response_interval,
            "name": conversation.contact.display_name,
        }
        for conversation in timed[:PAGE_SIZE]
    ]


def inboxes_with_open_counts(membership):
    """Return a member's inboxes, each with the open_count of conversations visible to them."""
    conversations = Conversation.objects.visible_to(membership).open().order_by()
    open_counts = dict(conversations.values_list("inbox").annotate(Count("pk")))
    inboxes = list(Inbox.objects.visible_to(membership).order_by("created_at"))
    for inbox in inboxes:
        inbox.open_count = open_counts.get(inbox.pk, 0)
    return inboxes


def parse_time(text):
    try:
        time = parse_datetime(text)
        return time and time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def uuid_or_none(text):
    try:
        return UUID(text)
    except ValueError:
        return None
