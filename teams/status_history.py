"""A member's availability over the last days: which status, from when to when, set by whom."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from teams.statuses import AvailabilityStatus, Presence

DAYS = 14
MOST_CHANGES = 2000
DAY = timedelta(days=1)


@dataclass(frozen=True)
class StatusPeriod:
    """by: the name of who set the status, if it was someone else."""

    status: str
    begin: datetime
    until: datetime
    by: str = ""
    is_now: bool = False

    @property
    def presence(self) -> str:
        known = self.status in AvailabilityStatus.values
        return AvailabilityStatus(self.status).presence if known else Presence.OFFLINE

    @property
    def label(self) -> str:
        known = self.status in AvailabilityStatus.values
        label = AvailabilityStatus(self.status).label if known else self.status
        return (
            _("%(status)s, set by %(by)s") % {"status": label, "by": self.by} if self.by else label
        )

    @property
    def duration(self) -> timedelta:
        return self.until - self.begin


@dataclass
class HistoryDay:
    """changes: periods that began on this day, latest first. periods: all, cut to the day."""

    date: date
    begin: datetime
    until: datetime
    changes: list[StatusPeriod] = field(default_factory=list)
    periods: list[StatusPeriod] = field(default_factory=list)

    @property
    def available_duration(self) -> timedelta:
        available = (each for each in self.periods if each.presence == Presence.AVAILABLE)
        return sum((each.duration for each in available), timedelta())

    @property
    def bar_segments(self) -> list[tuple]:
        """(presence, start, width) of each period, in percent of the day, to draw it."""
        length = self.until - self.begin
        return [
            (
                each.presence,
                round(100 * ((each.begin - self.begin) / length), 2),
                round(100 * (each.duration / length), 2),
            )
            for each in self.periods
        ]


def load_history(membership, *, days=DAYS, now=None) -> list[HistoryDay]:
    """Return the last days in the member's time zone, latest first, without days lacking data."""
    now = now or timezone.now()
    last = now.astimezone(membership.zone).date()
    dates = [last - DAY * number for number in range(days)]
    periods = load_periods(membership, midnight(dates[-1], membership.zone), now)
    history = [build_day(each, periods, membership.zone) for each in dates]
    return [day for day in history if day.periods]


def load_periods(membership, since, now) -> list[StatusPeriod]:
    """Return the periods that end after `since`, earliest first."""
    changes = membership.status_changes.select_related("by__user").order_by("-created_at", "-pk")
    recent = list(changes.filter(created_at__gte=since, created_at__lte=now)[:MOST_CHANGES])
    if len(recent) < MOST_CHANGES and (before := changes.filter(created_at__lt=since).first()):
        recent.append(before)
    recent.reverse()
    ends = [*(change.created_at for change in recent[1:]), now][: len(recent)]
    return [
        StatusPeriod(
            status=change.status,
            begin=change.created_at,
            until=until,
            by=change.by.name if change.by else "",
            is_now=until is now,
        )
        for change, until in zip(recent, ends, strict=True)
    ]


def build_day(day, periods, zone):
    begin, until = midnight(day, zone), midnight(day + DAY, zone)
    within = [each for each in periods if each.begin < until and each.until > begin]
    return HistoryDay(
        date=day,
        begin=begin,
        until=until,
        changes=[each for each in reversed(within) if each.begin >= begin],
        periods=[
            replace(each, begin=max(each.begin, begin), until=min(each.until, until), is_now=False)
            for each in within
        ],
    )


def midnight(day, zone):
    """Return midnight in UTC, so that a day on which the clock changes has its 23 or 25 hours."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
