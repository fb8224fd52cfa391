"""The members who might get a conversation of an inbox now, each with a status."""

from functools import cache, cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, FilteredRelation, Func, JSONField, Q, Value, Window
from django.utils import timezone

from inbox.models import Inbox
from inbox.open_counts import count_open_conversations
from messagehub.lib.prepared_query import PreparedQuery, is_one_of
from routing.policy import Candidate, Facts, sort_candidates, with_history
from routing.rules import ONLINE, CandidateStatus
from routing.targets import is_large, list_targets, members_of, target_ids
from teams import presence
from teams.availability import status_of
from teams.hours import Hours

COLUMNS = ("pk", "user__name", "user__email", "away_at", "capacity", "time_zone", "email_mine")
# In a large pool no more are checked at first, unless none of them can take the conversation.
MOST_CHECKED = 25


class PoolMember:
    """What availability asks of a membership, without the cost of a thousand model instances."""

    __slots__ = (
        "away_at",
        "capacity",
        "hours",
        "last_assigned_at",
        "name",
        "pk",
        "time_zone",
        "wants_email",
        "workspace",
    )
    is_active = True  # the pool only holds active members

    def __init__(self, workspace, row):
        self.workspace = workspace
        self.pk, name, email, self.away_at, self.capacity, self.time_zone, *more = row
        self.wants_email, self.hours, self.last_assigned_at, _size = more
        self.name = name or email

    @property
    def has_schedule(self):
        return bool(self.hours or self.workspace.holidays)

    @property
    def office_hours(self):
        zone = ZoneInfo(self.time_zone or self.workspace.time_zone)
        return Hours.read(self.hours, zone=zone, holidays=self.workspace.holidays)


class CandidatePool:
    """The members whom routing asks for an inbox at one moment, and what is known about each.

    targets: to try out instead of the stored ones. count_all: count everyone's open conversations,
    not only of those with a capacity. partial: of a large pool only the first in the rotation who
    are online are checked. `unchecked` then says how many more are online, and only `full()` knows
    why the others can't take a conversation.
    """

    def __init__(self, inbox, *, count_all=False, targets=None, partial=False):
        self.inbox, self.now = inbox, timezone.now()
        self.count_all = count_all
        self.online = presence.find_online(inbox.workspace_id)
        self.targets = list_targets(inbox) if targets is None else targets
        self.is_partial = partial and self.online is not None and is_large(inbox, self.targets)

    @cached_property
    def rows(self):
        asked = {"inbox": self.inbox.pk}
        if self.targets:
            users, teams = target_ids(self.targets)
            asked |= {"workspace": self.inbox.workspace_id, "users": users, "teams": teams}
        if self.is_partial:
            asked["online"] = list(self.online)
        # Who has the fewest open conversations is only known among those who were checked.
        most = MOST_CHECKED if self.is_partial and not self.count_all else None
        return prepare_rotation(tuple(asked), most).all(**asked)

    @cached_property
    def members(self):
        return [PoolMember(self.inbox.workspace, row) for row in self.rows]

    @property
    def unchecked(self) -> dict[str, int]:
        """How many more are online, by their status."""
        more = self.rows[0][-1] - len(self.rows) if self.rows else 0
        return {str(CandidateStatus.NOT_CHECKED): more} if more else {}

    @cached_property
    def open_counts(self):
        return self.count_open(self.members)

    def count_open(self, members) -> dict[UUID, int]:
        """Return the open conversations by member, over the whole workspace, as far as needed."""
        counted = [each.pk for each in members if self.count_all or each.capacity is not None]
        return count_open_conversations(self.inbox.workspace_id, counted)

    def full(self):
        """Return the same pool with no one left out."""
        return CandidatePool(self.inbox, count_all=self.count_all, targets=self.targets)

    @cached_property
    def assignable(self):
        """Ids of all who may open the inbox; None where no one else can be in the pool."""
        if not self.targets:
            return None
        return set(self.inbox.possible_assignees.values_list("pk", flat=True))

    @cached_property
    def is_open(self):
        return self.inbox.opening_hours.is_open(self.now)

    def candidates(self) -> list[Candidate]:
        return [self.candidate(member) for member in self.members]

    def candidate(self, member) -> Candidate:
        open_count = self.open_counts.get(member.pk, 0)
        if self.assignable is not None and member.pk not in self.assignable:
            status, is_online = CandidateStatus.NO_ACCESS, False
        else:
            status, is_online = self.status(member, open_count)
        return Candidate(
            member.pk,
            member.name,
            status,
            last_assigned_at=member.last_assigned_at,
            open_count=open_count,
            capacity=member.capacity,
            wants_email=member.wants_email,
            is_online=is_online,
        )

    def status(self, member, open_count) -> tuple[str, bool]:
        """Return (status in this inbox, whether they are online) of a member who may open it."""
        status = status_of(member, self.online, open_count=open_count, now=self.now)
        is_online = status in ONLINE
        if is_online and not self.is_open:
            return CandidateStatus.INBOX_CLOSED, True
        return status, is_online


def rotation(members, inbox):
    """Rows for `PoolMember`, least recently assigned first. The last column is the total.

    Hours are only read where there are some: reading a thousand empty ones costs as much as all.
    """
    empty = Value({}, JSONField())
    members = members.select_related(None).annotate(
        here=FilteredRelation("rotation_entries", condition=Q(rotation_entries__inbox=inbox)),
        some_hours=Func(F("hours"), empty, function="NULLIF", output_field=JSONField()),
        size=Window(Count("pk")),
    )
    members = members.order_by(F("here__last_assigned_at").asc(nulls_first=True), "pk")
    return members.values_list(*COLUMNS, "some_hours", "here__last_assigned_at", "size")


@cache
def prepare_rotation(names, most):
    """Prepare the query for these rows by the names of its values: it runs with every message."""
    types = {"users": list, "teams": list, "online": list}

    def make(inbox, online=None, **targets):
        members = members_of(**targets) if targets else Inbox(pk=inbox).agents
        members = members if online is None else members.filter(is_one_of(online))
        return rotation(members, inbox)[:most]

    return PreparedQuery(make, **{name: types.get(name, UUID) for name in names})


def history_of(conversation, **known) -> Facts:
    """Return who gave the conversation up, as facts for the policy, with what else is known."""
    return Facts(
        released_by=frozenset(conversation.released_by),
        timed_out_for=frozenset(conversation.timed_out_for),
        **known,
    )


def excluded_members(conversation) -> set[UUID]:
    """Return the members who gave the conversation up: they aren't asked again right away."""
    return {*conversation.released_by, *conversation.timed_out_for}


def list_candidates(inbox, settings, conversation=None, targets=None) -> list[Candidate]:
    """Return all candidates of the inbox, in the order in which they would be asked."""
    pool = CandidatePool(inbox, count_all=settings.fewest_open_first, targets=targets)
    found = pool.candidates()
    if conversation is not None:
        found = with_history(found, history_of(conversation))
    return sort_candidates(found, settings)
