"""Quiet hours: when somebody wants no mail, every day, by the clock on their wall. No database."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from teams.hours import Hours, Interval


def quiet_until(at: datetime, *, begin: time | None, end: time | None, zone: ZoneInfo):
    """The end of the quiet hours that `at` falls into; None outside of them.

    An end that is not after the beginning is on the next day. One of the two missing, or both
    the same: there are none. To the minute, like all hours.
    """
    if begin is None or end is None:
        return None
    begin, end = (each.replace(second=0, microsecond=0) for each in (begin, end))
    if begin == end:
        return None
    quiet = Hours(zone=zone, week=tuple(Interval(day, begin, end) for day in range(7)))
    return quiet.next_closing(at) if quiet.is_open(at) else None


def quiet_until_of(membership, at: datetime):
    return quiet_until(
        at, begin=membership.quiet_from, end=membership.quiet_to, zone=membership.zone
    )
