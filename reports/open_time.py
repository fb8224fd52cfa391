"""How much of a period is within opening hours."""

from datetime import UTC, datetime, timedelta

from teams.hours import HORIZON, Hours


def whole_seconds(begin: datetime, until: datetime) -> int:
    duration = until.astimezone(UTC) - begin.astimezone(UTC)
    return max(0, duration // timedelta(seconds=1))


def open_seconds(hours: Hours, begin: datetime, until: datetime) -> int:
    """Return how many seconds from `begin` to `until` are within the hours."""
    if hours.is_always:
        return whole_seconds(begin, until)
    begin, until, duration = begin.astimezone(UTC), until.astimezone(UTC), timedelta()
    while begin < until:
        end = min(until, begin + HORIZON)
        duration += open_duration(hours, begin, end)
        begin = end
    return duration // timedelta(seconds=1)


def open_duration(hours, begin, until) -> timedelta:
    """Add up the open spans; `until` is within the horizon of the hours."""
    duration, is_open = timedelta(), hours.is_open(begin)
    for change, opens in hours.changes(begin):
        if change >= until:
            break
        # In UTC, because Python subtracts times of the same zone by the clock on the wall.
        change = change.astimezone(UTC)
        if is_open:
            duration += change - begin
        begin, is_open = change, opens
    return duration + (until - begin) if is_open else duration
