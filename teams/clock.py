"""The clock on the wall of a time zone: between two changes of it, plain arithmetic holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# Two changes of one zone's clock are never this close together.
STEP = timedelta(days=1)


def stretches(
    zone: ZoneInfo, at: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """(begin, until, offset), one after the other from `at` to `end`, at most a day each.

    Within each the wall shows UTC + offset. begin and until are UTC without a tzinfo.
    """
    begin, end = (moment.astimezone(UTC).replace(tzinfo=None) for moment in (at, end))
    while begin < end:
        offset = offset_at(zone, begin)
        until = min(begin + STEP, end)
        if offset_at(zone, until) != offset:
            until = change_between(zone, begin, until)
        yield begin, until, offset
        begin = until


def offset_at(zone: ZoneInfo, utc: datetime) -> timedelta:
    return utc.replace(tzinfo=UTC).astimezone(zone).utcoffset()


def change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second with the new offset; clocks change on whole seconds."""
    offset = offset_at(zone, before)
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if offset_at(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after
