"""The timeline of somebody's states: what they were, from when to when, and who caused it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from teams.availability import AVAILABLE, OFFLINE, WORDS

DAYS = 14
MOST = 2000  # changes looked at
DAY = timedelta(days=1)

NAMES = {
    "available": lambda: _("Available"),
    "at_capacity": lambda: _("Busy: no room for more chats"),
    "away": lambda: _("Away"),
    "outside_office_hours": lambda: _("Outside office hours"),
    "day_off": lambda: _("Day off"),
    "offline": lambda: _("No page open"),
    "suspended": lambda: _("Suspended"),
}


@dataclass(frozen=True)
class Stretch:
    """From `begin` until `until` they were this. by: who set it, when it was not themselves."""

    code: str
    begin: datetime
    until: datetime
    by: str = ""
    is_now: bool = False

    @property
    def state(self):
        return WORDS[self.code][0] if self.code in WORDS else OFFLINE

    @property
    def words(self):
        name = NAMES[self.code]() if self.code in NAMES else self.code
        return _("%(state)s, set by %(by)s") % {"state": name, "by": self.by} if self.by else name

    @property
    def length(self):
        return self.until - self.begin


@dataclass
class Day:
    """rows: what began on this day, the latest first; bar: all of it, as parts of the day."""

    date: date
    begin: datetime
    until: datetime
    rows: list[Stretch] = field(default_factory=list)
    bar: list[Stretch] = field(default_factory=list)

    @property
    def available(self) -> timedelta:
        spans = [each.length for each in self.bar if each.state == AVAILABLE]
        return sum(spans, timedelta())

    def percent(self, at: datetime) -> float:
        return round(100 * ((at - self.begin) / (self.until - self.begin)), 2)

    @property
    def parts(self):
        """[(state, from, width)] in percent of the day, for a picture of it."""
        return [
            (each.state, self.percent(each.begin), round(100 * (each.length / self.length), 2))
            for each in self.bar
        ]

    @property
    def length(self):
        return self.until - self.begin


def history(membership, *, days=DAYS, now=None) -> list[Day]:
    """The last days on their own clock, the latest first; days without any trace are left out."""
    now = now or timezone.now()
    last = now.astimezone(membership.zone).date()
    dates = [last - DAY * number for number in range(days)]
    stretches = list_stretches(membership, midnight(dates[-1], membership.zone), now)
    found = [fill(each, stretches, membership.zone) for each in dates]
    return [day for day in found if day.bar]


def list_stretches(membership, since, now) -> list[Stretch]:
    """What lasted into the time after `since`, the earliest first."""
    changes = membership.states.select_related("by__user").order_by("-created_at", "-pk")
    recent = list(changes.filter(created_at__gte=since, created_at__lte=now)[:MOST])
    if len(recent) < MOST and (before := changes.filter(created_at__lt=since).first()):
        recent.append(before)
    recent.reverse()
    ends = [*(change.created_at for change in recent[1:]), now][: len(recent)]
    return [
        Stretch(
            code=change.code,
            begin=change.created_at,
            until=until,
            by=change.by.name if change.by else "",
            is_now=until is now,
        )
        for change, until in zip(recent, ends, strict=True)
    ]


def fill(day, stretches, zone):
    begin, until = midnight(day, zone), midnight(day + DAY, zone)
    within = [each for each in stretches if each.begin < until and each.until > begin]
    return Day(
        date=day,
        begin=begin,
        until=until,
        rows=[each for each in reversed(within) if each.begin >= begin],
        bar=[cut(each, begin, until) for each in within],
    )


def cut(stretch, begin, until):
    return Stretch(stretch.code, max(stretch.begin, begin), min(stretch.until, until), stretch.by)


def midnight(day, zone):
    """In UTC: between two of them lie 23 hours when the clock is put forward."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
