"""The members who might get a conversation of an inbox now, each with a status."""

import json
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from inbox.open_counts import count_open_conversations
from routing.policy import Candidate, Facts, sort_candidates, with_history
from routing.pool_query import find_pool
from routing.rules import ONLINE, CandidateStatus
from routing.targets import target_ids
from teams import presence
from teams.availability import status_of
from teams.hours import Hours

LARGE = 50
# How many members of a large pool are checked first. The others follow if none can take it.
MOST_CHECKED = 25


class PoolMember:
    """What availability needs of a membership, without the cost of a thousand model instances."""

    __slots__ = (
        "away_at",
        "capacity",
        "has_access",
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
        self.wants_email, _role, hours, self.last_assigned_at, self.has_access, *_pool = more
        self.hours = json.loads(hours) if hours else None
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

    team: the id of the team that the conversation was given to, whose members are asked instead of
    the inbox's targets. targets: to try out instead of the stored ones. count_all: count everyone's
    open conversations, not only of those with a capacity. partial: of a large pool only the first
    in the rotation who are online are checked. `unchecked` then says how many more are online, and
    only `full()` knows why the others can't take a conversation. online: the result of
    presence.find_online(), if it was looked up a moment ago.
    """

    def __init__(
        self, inbox, *, team=None, count_all=False, targets=None, partial=False, online=None
    ):
        self.inbox, self.team, self.now = inbox, team, timezone.now()
        self.count_all, self.targets = count_all, targets
        self.online = presence.find_online(inbox.workspace_id) if online is None else online
        self.may_be_partial = partial and self.online is not None

    @cached_property
    def rows(self):
        # Only those who were checked can be compared by their open conversations.
        return find_pool(
            self.inbox,
            online=self.online.as_array if self.may_be_partial else None,
            large=LARGE,
            most=None if self.count_all else MOST_CHECKED,
            targets=self.target_ids,
        )

    @property
    def target_ids(self):
        """Return (ids of users, ids of teams) to ask instead of the inbox's targets, or None."""
        if self.team is not None:
            return (), (self.team,)
        return None if self.targets is None else target_ids(self.targets)

    @property
    def is_partial(self):
        """Whether some were left out. No rows may mean a large pool in which no one is online."""
        return self.may_be_partial and (not self.rows or self.rows[0][-1])

    @cached_property
    def members(self):
        return [PoolMember(self.inbox.workspace, row) for row in self.rows]

    @property
    def unchecked(self) -> dict[str, int]:
        """How many more are online, by their status."""
        more = self.rows[0][-2] - MOST_CHECKED if self.is_partial and self.rows else 0
        return {str(CandidateStatus.NOT_CHECKED): more} if more > 0 and not self.count_all else {}

    @cached_property
    def open_counts(self):
        return self.count_open(self.members)

    def count_open(self, members) -> dict[UUID, int]:
        """Return the open conversations by member, over the whole workspace, as far as needed."""
        counted = [each.pk for each in members if self.count_all or each.capacity is not None]
        return count_open_conversations(self.inbox.workspace_id, counted)

    def full(self):
        """Return the same pool with no one left out."""
        return CandidatePool(
            self.inbox,
            team=self.team,
            count_all=self.count_all,
            targets=self.targets,
            online=self.online,
        )

    @cached_property
    def is_open(self):
        return self.inbox.opening_hours.is_open(self.now)

    def candidates(self) -> list[Candidate]:
        return [self.candidate(member) for member in self.members]

    def candidate(self, member) -> Candidate:
        open_count = self.open_counts.get(member.pk, 0)
        if not member.has_access:
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


def history_of(conversation, **known) -> Facts:
    """Return who released the conversation or timed out, as facts for the policy."""
    return Facts(
        released_by=frozenset(conversation.released_by),
        timed_out_for=frozenset(conversation.timed_out_for),
        **known,
    )


def excluded_members(conversation) -> set[UUID]:
    """Return the members who released it or timed out, who aren't asked again right away."""
    return {*conversation.released_by, *conversation.timed_out_for}


def list_candidates(inbox, settings, conversation=None, targets=None) -> list[Candidate]:
    """Return all candidates of the inbox, in the order in which they would be asked."""
    pool = CandidatePool(inbox, count_all=settings.fewest_open_first, targets=targets)
    found = pool.candidates()
    if conversation is not None:
        found = with_history(found, history_of(conversation))
    return sort_candidates(found, settings)
