"""Weekly hours and days off: when somebody, or an inbox, is expected to be there. No database.

Stored as {"week": [{"day": 0, "from": "09:00", "to": "17:00"}], "off": [{"first": "2026-12-24",
"last": "2026-12-26", "name": "Christmas"}], "on_holidays": false}. day 0 is Monday; "to" not
after "from" ends on the next day; "24:00" is midnight. No week: every day, all day.

Times are the clock's on the wall of `zone`: an hour that the clock skips in spring is not there,
one that it repeats in autumn counts twice. A day off begins and ends at midnight there.
"""

import marshal
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from teams.clock import stretches

DAY = 24 * 60
WEEK = 7 * DAY
# How far ahead an opening or a closing is looked for.
HORIZON = timedelta(days=400)


@dataclass(frozen=True)
class Interval:
    """day: 0 (Monday) to 6. until not after begin: it ends on the next day."""

    day: int
    begin: time
    until: time

    @property
    def minutes(self) -> tuple[int, int]:
        """From and to, in minutes since Monday's midnight; to may lie in the next week."""
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
    """code: "day_off" (with the day's name, if it has one) or "outside_office_hours"."""

    code: str
    name: str
    hours: "Hours"
    at: datetime

    @cached_property
    def until(self) -> datetime | None:
        """The next opening, found when it is asked for: routing asks many people and never does."""
        return self.hours.next_opening(self.at)


@dataclass(frozen=True)
class Hours:
    zone: ZoneInfo
    week: tuple[Interval, ...] = ()
    off: tuple[DaysOff, ...] = ()

    @classmethod
    def read(cls, stored: dict, *, zone: ZoneInfo, holidays: list = ()) -> "Hours":
        """holidays: the workspace's, days off too unless `stored` says otherwise.

        What cannot be read in it is left out: a slip in one row must not stop a chat.
        """
        stored = stored or {}
        free = () if stored.get("on_holidays") else holidays
        # The quickest way to a key: routing reads the hours of many people at once. Version 2 says
        # the same for equal values, later ones do not.
        text = marshal.dumps((stored.get("week"), stored.get("off"), list(free)), 2)
        return understand(text, zone)

    @property
    def is_always(self) -> bool:
        return not self.week and not self.off

    def is_open(self, at: datetime) -> bool:
        return self.is_always or self._shows_open(at.astimezone(self.zone).replace(tzinfo=None))

    def closed(self, at: datetime) -> Closed | None:
        """Why it is closed at this moment and until when; None: it is open."""
        if self.is_open(at):
            return None
        off = self.day_off(at.astimezone(self.zone).date())
        code, name = ("day_off", off.name) if off else ("outside_office_hours", "")
        return Closed(code, name, self, at)

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment after `at` when it turns from closed to open, within the horizon."""
        return next((moment for moment, opens in self.turns(at) if opens), None)

    def next_closing(self, at: datetime) -> datetime | None:
        return next((moment for moment, opens in self.turns(at) if not opens), None)

    def day_off(self, day: date) -> DaysOff | None:
        return next((off for off in self.off if off.first <= day <= off.last), None)

    def turns(self, at: datetime) -> Iterator[tuple[datetime, bool]]:
        """Each moment after `at` when it opens (True) or closes (False), in order."""
        if self.is_always:
            return
        is_open = self.is_open(at)
        for begin, until, offset in stretches(self.zone, at, at + HORIZON):
            for wall in self._edges(begin + offset, until + offset):
                if self._shows_open(wall) != is_open:
                    is_open = not is_open
                    yield (wall - offset).replace(tzinfo=UTC).astimezone(self.zone), is_open

    def _edges(self, begin: datetime, until: datetime) -> Iterator[datetime]:
        """The readings of the clock at which something may change, begin itself included."""
        yield begin
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        while midnight < until:
            for minute in self._minutes_of_day[midnight.weekday()]:
                wall = midnight + timedelta(minutes=minute)
                if begin < wall < until:
                    yield wall
            midnight += timedelta(days=1)

    def _shows_open(self, wall: datetime) -> bool:
        minute = wall.weekday() * DAY + wall.hour * 60 + wall.minute
        before = bisect_right(self._begins, minute) - 1
        if before < 0 or minute >= self._spans[before][1]:
            return False
        return not self.off or self.day_off(wall.date()) is None

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
    """Spans of minutes within one week, in order, none overlapping or touching another."""
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
def understand(text: bytes, zone: ZoneInfo) -> Hours:
    week, off, holidays = marshal.loads(text)
    days = readable(read_days_off, [*(off or []), *holidays])
    return Hours(zone=zone, week=readable(read_interval, week or []), off=days)


def readable(read, rows) -> tuple:
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except (KeyError, TypeError, ValueError):
            continue
    return tuple(found)


def read_interval(row) -> Interval:
    if row["day"] not in range(7):
        raise ValueError
    return Interval(row["day"], time.fromisoformat(row["from"]), read_end(row["to"]))


def read_end(text) -> time:
    return time.min if text == "24:00" else time.fromisoformat(text)


def read_days_off(row) -> DaysOff:
    first = date.fromisoformat(row["first"])
    last = date.fromisoformat(row["last"]) if row.get("last") else first
    return DaysOff(first, last, row.get("name", ""))
