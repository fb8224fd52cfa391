"""Spans of time during which a time zone keeps one UTC offset, so plain arithmetic holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# A zone never changes its clock twice within this time.
STEP = timedelta(days=1)


def constant_offset_spans(
    zone: ZoneInfo, at: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Yield (begin, until, offset) one after the other from `at` to `end`, at most a day each.

    Local time within each is UTC + offset. begin and until are UTC without a tzinfo.
    """
    begin, end = (moment.astimezone(UTC).replace(tzinfo=None) for moment in (at, end))
    while begin < end:
        offset = offset_at(zone, begin)
        until = min(begin + STEP, end)
        if offset_at(zone, until) != offset:
            until = find_change(zone, begin, until)
        yield begin, until, offset
        begin = until


def offset_at(zone: ZoneInfo, utc: datetime) -> timedelta:
    return utc.replace(tzinfo=UTC).astimezone(zone).utcoffset()


def find_change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first second with the new offset; clocks change on whole seconds."""
    offset = offset_at(zone, before)
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if offset_at(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after
