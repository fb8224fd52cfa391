"""Whether a member can take a conversation now, and why not.

Three layers decide: the choice (away, set by hand, never changed by presence or sign-in), the
schedule (office hours) and presence (a page is open). Capacity comes last. The first layer that
says no is the reason.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.timezone import localtime

from teams import presence
from teams.availability_text import describe_status
from teams.models import Membership, StatusChange
from teams.signals import open_counts_requested
from teams.statuses import REACHABLE, AvailabilityStatus, Presence

LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Availability:
    status: AvailabilityStatus
    membership: Membership
    open_count: int
    at: datetime

    @property
    def sentence(self) -> str:
        """Describe the status. Made when shown: a page loads all members and names a few."""
        return describe_status(self.status, self.membership, self.open_count, self.at)

    @property
    def presence(self) -> Presence:
        return self.status.presence

    @property
    def is_available(self) -> bool:
        return self.status == AvailabilityStatus.AVAILABLE

    @property
    def is_reachable(self) -> bool:
        """Whether they see what is written to them; at capacity they still do."""
        return self.status in REACHABLE


def status_of(membership, online, *, open_count=0, now=None) -> AvailabilityStatus:
    """Return the status alone, without queries: routing asks for many members at once.

    online: the result of presence.find_online(workspace).
    """
    if not membership.is_active:
        return AvailabilityStatus.SUSPENDED
    if membership.away_at:
        return AvailabilityStatus.AWAY
    if membership.has_schedule:
        now = now or timezone.now()
        hours = membership.office_hours
        if not hours.is_open(now):
            today = localtime(now, hours.zone).date()
            if hours.day_off(today):
                return AvailabilityStatus.DAY_OFF
            return AvailabilityStatus.OUTSIDE_OFFICE_HOURS
    if online is None:
        return AvailabilityStatus.UNKNOWN
    if membership.pk not in online:
        is_unknown = membership.pk in online.unknown
        return AvailabilityStatus.UNKNOWN if is_unknown else AvailabilityStatus.OFFLINE
    if membership.capacity is not None and open_count >= membership.capacity:
        return AvailabilityStatus.AT_CAPACITY
    return AvailabilityStatus.AVAILABLE


def is_status_pending(membership, online) -> bool:
    """Return whether the status is unknown only until heartbeats refill a cleared Redis."""
    is_unknown = status_of(membership, online) == AvailabilityStatus.UNKNOWN
    return is_unknown and online is not None


def describe_availability(membership, online, *, open_count=None, now=None) -> Availability:
    """Return the status and its sentence. Without open_count, query it if there is a capacity."""
    now = now or timezone.now()
    if open_count is None and membership.capacity is not None:
        open_count = open_counts(membership.workspace_id, [membership.pk]).get(membership.pk)
    status = status_of(membership, online, open_count=open_count or 0, now=now)
    return Availability(status, membership, open_count or 0, now)


def open_counts(workspace_id, membership_ids) -> dict[UUID, int]:
    """Ask the inbox app for open conversations: {membership id: count}, without the zeros."""
    if not membership_ids:
        return {}
    answers = open_counts_requested.send(
        Membership, workspace_id=workspace_id, memberships=membership_ids
    )
    return {pk: count for _receiver, counts in answers for pk, count in counts.items()}


def in_workspace(memberships, workspace) -> list:
    """Share the workspace's instance: loading it again for a thousand members takes a while."""
    memberships = list(memberships)
    for membership in memberships:
        membership.workspace = workspace
    return memberships


def with_availability(memberships) -> list:
    """Set availability and open_count on memberships of one workspace.

    open_count stays None for members without a capacity.
    """
    memberships = list(memberships)
    if not memberships:
        return memberships
    workspace, now = memberships[0].workspace_id, timezone.now()
    online = presence.find_online(workspace)
    # Few members were set away by someone else, so load those here instead of joining everywhere.
    away_by_others = [each for each in memberships if each.away_by_id]
    prefetch_related_objects(away_by_others, "away_by__user")
    limited = [each.pk for each in memberships if each.capacity is not None]
    counts = open_counts(workspace, limited)
    for membership in memberships:
        has_capacity = membership.capacity is not None
        membership.open_count = counts.get(membership.pk, 0) if has_capacity else None
        membership.availability = describe_availability(
            membership, online, open_count=membership.open_count or 0, now=now
        )
    return memberships


def reachable_since(ids) -> dict[UUID, datetime]:
    """Return when these members became reachable, by their recorded status changes.

    Members who aren't reachable are left out.
    """
    if not ids:
        return {}
    changes = StatusChange.objects.filter(membership=OuterRef("pk")).values("created_at")
    left = changes.exclude(status__in=REACHABLE).order_by("-created_at")[:1]
    came = changes.filter(status__in=REACHABLE, created_at__gt=OuterRef("left_at"))
    came = came.order_by("created_at")
    members = Membership.objects.filter(pk__in=ids)
    members = members.annotate(
        left_at=Coalesce(Subquery(left), LONG_AGO), reachable_at=Subquery(came[:1])
    )
    return dict(members.exclude(reachable_at=None).values_list("pk", "reachable_at"))
