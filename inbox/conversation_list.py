"""Finds and counts the conversations that the desk's lists show."""

from dataclasses import dataclass
from datetime import UTC
from functools import cache, reduce
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, F, Func, OuterRef, Q, prefetch_related_objects
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation, Inbox
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.text import parse_number
from teams.models import Membership
from teams.permissions import Permission

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

    def get_page(self, membership, before="", *, inboxes=(), members=()):
        """Return the rows after the position `before`, latest activity first.

        One row more than PAGE_SIZE shows that another page follows. Inboxes and members that the
        caller has loaded aren't loaded again.
        """
        rows = self.find_page(membership, before)
        inboxes, members = ({each.pk: each for each in known} for known in (inboxes, members))
        for row in rows:
            row.workspace = membership.workspace
            if row.inbox_id in inboxes:
                row.inbox = inboxes[row.inbox_id]
            if row.assignee_id in members:
                row.assignee = members[row.assignee_id]
        prefetch_related_objects(rows, "inbox", "assignee__user")
        return rows

    def find_page(self, membership, before):
        inboxes = Inbox.objects.visible_to(membership)
        if self.inbox:
            inboxes = inboxes.filter(pk=self.inbox)
        rows = Conversation.objects.filter(inbox=OuterRef("pk"), status=self.status)
        if position := parse_position(before):
            rows = rows.filter(TupleLessThan(Tuple("last_activity_at", "number"), position))
        lists = [rows.filter(**which) for which in self.assignees(membership)]
        is_latest = is_any_of("number", find_latest(inboxes, lists, PAGE_SIZE + 1))
        page = Conversation.objects.visible_to(membership).filter(is_latest)
        return list(page.select_related("contact").latest_first())

    def assignees(self, membership):
        """Return conditions for the assignee that together make up the view.

        There is an index for each, so the view of a member who doesn't see all is made up of two.
        """
        mine, unassigned = {"assignee": membership}, {"assignee": None}
        if self.view == "all":
            return [{}] if membership.can(Permission.SEE_ALL) else [mine, unassigned]
        return [mine if self.view == "mine" else unassigned]


def find_latest(inboxes, lists, size):
    """Return the numbers of the latest conversations in inboxes of one workspace.

    It reads the latest of each inbox and each list from their index and sorts only those. With one
    condition for all inboxes together, PostgreSQL would sort their whole history.
    """

    def latest(column):
        parts = [ArraySubquery(rows.latest_first().values(column)[:size]) for rows in lists]
        return Func(reduce(concatenate, parts), function="unnest")

    found = inboxes.annotate(at=latest("last_activity_at"), latest_number=latest("number"))
    return found.order_by("-at", "-latest_number").values("latest_number")[:size]


def concatenate(array, other):
    return Func(array, other, function="array_cat")


def is_any_of(column, values):
    """Build the condition that the column has one of these values, which are found first.

    With IN, PostgreSQL may start from the other conditions instead.
    """
    template = {"template": "%(expressions)s)", "arg_joiner": " = ANY ("}
    return Func(F(column), ArraySubquery(values), output_field=BooleanField(), **template)


def position_of(conversation) -> str:
    """Return where a conversation stands in a list, for the link to what follows it."""
    return f"{conversation.last_activity_at.isoformat()}/{conversation.number}"


def parse_position(text) -> tuple | None:
    """Read what position_of() wrote, or None if it is something else."""
    time, _slash, number = text.partition("/")
    time, number = parse_time(time), parse_number(number)
    return None if time is None or number is None else (time, number)


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


def find_for(membership, build):
    """Return what the queryset build(membership) finds.

    Every desk asks every few seconds, so it is compiled once for all members with the same view.
    """
    view = membership.permissions & {Permission.MANAGE_INBOXES, Permission.SEE_ALL}
    return prepare(build, view).all(workspace=membership.workspace_id, member=membership.pk)


@cache
def prepare(build, permissions):
    def build_for_any(workspace, member):
        membership = Membership(pk=member, workspace_id=workspace)
        membership.permissions = permissions
        return build(membership)

    return PreparedQuery(build_for_any, workspace=UUID, member=UUID)


def inboxes_with_open_counts(membership, open_counts):
    """Return a member's inboxes, each with its open_count from count_open()."""
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
