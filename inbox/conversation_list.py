"""The desk's lists: which conversations, in which order, how many."""

from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from django.db.models import Count, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation, Inbox

PAGE = 50
VIEWS = {"mine": _("Mine"), "unassigned": _("Unassigned"), "all": _("All")}
STATUSES = {"open": _("Open"), "snoozed": _("Snoozed"), "resolved": _("Resolved")}


@dataclass(frozen=True)
class ListChoice:
    """What the person looks at; anything unknown in the address falls back to what it can be."""

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

    def conversations(self, membership):
        chosen = Conversation.objects.visible_to(membership).filter(status=self.status)
        if self.inbox:
            chosen = chosen.filter(inbox=self.inbox)
        if self.view == "mine":
            return chosen.of(membership)
        if self.view == "unassigned":
            return chosen.unassigned()
        return chosen

    def page(self, membership, before=""):
        """Up to PAGE rows, the latest activity first; before: the time of the last row seen."""
        rows = self.conversations(membership).with_related().latest_first()
        if before and (moment := parse_moment(before)):
            rows = rows.filter(last_activity_at__lt=moment)
        return list(rows[: PAGE + 1])


def counts(membership):
    """Open conversations a person has, that nobody has, and all they may see: one query."""
    found = Conversation.objects.visible_to(membership).open()
    return found.aggregate(
        mine=Count("pk", filter=Q(assignee=membership)),
        unassigned=Count("pk", filter=Q(assignee=None)),
        all=Count("pk"),
    )


def timers(membership):
    """What they have to answer by a certain time."""
    mine = Conversation.objects.visible_to(membership).open().assigned_to(membership)
    timed = mine.exclude(response_due_at=None).select_related("contact").order_by("response_due_at")
    return [
        {"number": each.number, "interval": each.response_interval, "name": each.contact.display_name}
        for each in timed[:PAGE]
    ]


def inboxes_with_open_counts(membership):
    """The inboxes they may see, each with .open_count of what they may see in it."""
    found = Conversation.objects.visible_to(membership).open().order_by()
    open_ones = dict(found.values_list("inbox").annotate(Count("pk")))
    inboxes = list(Inbox.objects.visible_to(membership).order_by("created_at"))
    for inbox in inboxes:
        inbox.open_count = open_ones.get(inbox.pk, 0)
    return inboxes


def parse_moment(text):
    try:
        moment = parse_datetime(text)
        return moment and moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def uuid_or_none(text):
    try:
        return UUID(text)
    except ValueError:
        return None
