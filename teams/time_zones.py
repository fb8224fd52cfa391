"""The time zones that people choose among."""

from functools import cache
from zoneinfo import available_timezones

# In the database of zones, but nowhere on earth: what the machine or a blank installation has.
NOWHERE = {"Factory", "localtime", "posixrules"}


@cache
def zone_names() -> tuple[str, ...]:
    """By name. Looked up once a process: it opens a file for each of them."""
    return tuple(sorted(available_timezones() - NOWHERE))


def is_time_zone(value) -> bool:
    return value in zone_names()
