"""Weekly hours and days off of a member or an inbox. Works without the database.

Stored as {"week": [{"day": 0, "from": "09:00", "to": "17:00"}], "off": [{"first": "2026-12-24",
"last": "2026-12-26", "name": "Christmas"}], "on_holidays": false}. Day 0 is Monday. A "to" that
isn't after "from" is on the next day; "24:00" is midnight. No week means every day, all day.

Times are local to `zone`. An hour that the clock skips in spring doesn't exist; one that it repeats
in autumn counts twice. A day off begins and ends at local midnight.
"""

import marshal
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from teams.clock import constant_offset_spans
from teams.statuses import AvailabilityStatus

DAY = 24 * 60
WEEK = 7 * DAY
# How far ahead to look for an opening or a closing.
HORIZON = timedelta(days=400)


@dataclass(frozen=True)
class Interval:
    """Hours of one day: 0 (Monday) to 6. If until isn't after begin, it ends on the next day."""

    day: int
    begin: time
    until: time

    @property
    def minutes(self) -> tuple[int, int]:
        """Begin and end in minutes since Monday's midnight; the end may lie in the next week."""
        begin, until = (at.hour * 60 + at.minute for at in (self.begin, self.until))
        return self.day * DAY + begin, self.day * DAY + until + (DAY if until <= begin else 0)


@dataclass(frozen=True)
class DaysOff:
    """From the first day to the last, both included."""

    first: date
    last: date
    name: str = ""


@dataclass(frozen=True)
class Closed:
    """Why it is closed: on a day off, with the day's name if it has one, or outside the hours."""

    status: AvailabilityStatus
    name: str
    hours: "Hours"
    at: datetime

    @cached_property
    def until(self) -> datetime | None:
        """The next opening. Computed on demand, because routing checks many members without it."""
        return self.hours.next_opening(self.at)


@dataclass(frozen=True)
class Hours:
    zone: ZoneInfo
    week: tuple[Interval, ...] = ()
    off: tuple[DaysOff, ...] = ()

    @classmethod
    def read(cls, stored: dict, *, zone: ZoneInfo, holidays: list = ()) -> "Hours":
        """Parse stored hours.

        holidays: the workspace's; they are days off too unless `stored` says otherwise. Entries
        that can't be parsed are skipped, because a mistake in one row must not stop a chat.
        """
        stored = stored or {}
        free = () if stored.get("on_holidays") else holidays
        # The fastest cache key: routing reads the hours of many members at once. Version 2 gives
        # the same bytes for equal values, later versions don't.
        text = marshal.dumps((stored.get("week"), stored.get("off"), list(free)), 2)
        return parse_hours(text, zone)

    @property
    def is_always(self) -> bool:
        return not self.week and not self.off

    def is_open(self, at: datetime) -> bool:
        return self.is_always or self._is_open_locally(
            at.astimezone(self.zone).replace(tzinfo=None)
        )

    def closed(self, at: datetime) -> Closed | None:
        """Return why it is closed at this time, or None if it is open."""
        if self.is_open(at):
            return None
        if off := self.day_off(at.astimezone(self.zone).date()):
            return Closed(AvailabilityStatus.DAY_OFF, off.name, self, at)
        return Closed(AvailabilityStatus.OUTSIDE_OFFICE_HOURS, "", self, at)

    def next_opening(self, at: datetime) -> datetime | None:
        """Return the first time after `at` when it opens, within the horizon."""
        return next((change for change, opens in self.changes(at) if opens), None)

    def next_closing(self, at: datetime) -> datetime | None:
        return next((change for change, opens in self.changes(at) if not opens), None)

    def day_off(self, day: date) -> DaysOff | None:
        return next((off for off in self.off if off.first <= day <= off.last), None)

    def changes(self, at: datetime) -> Iterator[tuple[datetime, bool]]:
        """Yield each time after `at` when it opens (True) or closes (False), in order."""
        if self.is_always:
            return
        is_open = self.is_open(at)
        for begin, until, offset in constant_offset_spans(self.zone, at, at + HORIZON):
            for local in self._edges(begin + offset, until + offset):
                if self._is_open_locally(local) != is_open:
                    is_open = not is_open
                    yield (local - offset).replace(tzinfo=UTC).astimezone(self.zone), is_open

    def _edges(self, begin: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the local times at which something may change, begin itself included."""
        yield begin
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        while midnight < until:
            for minute in self._minutes_of_day[midnight.weekday()]:
                local = midnight + timedelta(minutes=minute)
                if begin < local < until:
                    yield local
            midnight += timedelta(days=1)

    def _is_open_locally(self, local: datetime) -> bool:
        minute = local.weekday() * DAY + local.hour * 60 + local.minute
        position = bisect_right(self._begins, minute) - 1
        if position < 0 or minute >= self._spans[position][1]:
            return False
        return not self.off or self.day_off(local.date()) is None

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return merge(interval.minutes for interval in self.week) if self.week else [(0, WEEK)]

    @cached_property
    def _begins(self) -> list[int]:
        return [begin for begin, _until in self._spans]

    @cached_property
    def _minutes_of_day(self) -> list[list[int]]:
        edges = {edge for span in self._spans for edge in span if edge < WEEK}
        edges |= {day * DAY for day in range(7)}
        return [sorted(edge % DAY for edge in edges if edge // DAY == day) for day in range(7)]


def merge(pairs) -> list[tuple[int, int]]:
    """Return sorted spans of minutes within one week, merging those that overlap or touch."""
    pieces = []
    for begin, until in pairs:
        pieces.append((begin, min(until, WEEK)))
        if until > WEEK:
            pieces.append((0, until - WEEK))
    merged = []
    for begin, until in sorted(pieces):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((begin, until))
    return merged


@lru_cache(maxsize=8192)
def parse_hours(text: bytes, zone: ZoneInfo) -> Hours:
    week, off, holidays = marshal.loads(text)
    days = parse_rows(parse_days_off, [*(off or []), *holidays])
    return Hours(zone=zone, week=parse_rows(parse_interval, week or []), off=days)


def parse_rows(parse, rows) -> tuple:
    parsed = []
    for row in rows:
        try:
            parsed.append(parse(row))
        except (KeyError, TypeError, ValueError):
            continue
    return tuple(parsed)


def parse_interval(row) -> Interval:
    if row["day"] not in range(7):
        raise ValueError
    return Interval(row["day"], time.fromisoformat(row["from"]), parse_end(row["to"]))


def parse_end(text) -> time:
    return time.min if text == "24:00" else time.fromisoformat(text)


def parse_days_off(row) -> DaysOff:
    first = date.fromisoformat(row["first"])
    last = date.fromisoformat(row["last"]) if row.get("last") else first
    return DaysOff(first, last, row.get("name", ""))
