from datetime import datetime, time
from zoneinfo import ZoneInfo

from teams.hours import Hours, Interval


def quiet_hours_end(
    at: datetime, *, begin: time | None, end: time | None, zone: ZoneInfo
) -> datetime | None:
    """Return the end of the daily quiet hours around `at`, or None outside of them.

    An end that isn't after the beginning is on the next day. There are no quiet hours if one of
    the two is missing or both are equal. Seconds are ignored, as in all hours.
    """
    if begin is None or end is None:
        return None
    begin, end = (each.replace(second=0, microsecond=0) for each in (begin, end))
    if begin == end:
        return None
    quiet = Hours(zone=zone, week=tuple(Interval(day, begin, end) for day in range(7)))
    return quiet.next_closing(at) if quiet.is_open(at) else None
