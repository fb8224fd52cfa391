from functools import cache
from zoneinfo import available_timezones

# Entries of the time zone database that aren't places: defaults of a machine or an installation.
NOT_PLACES = {"Factory", "localtime", "posixrules"}


@cache
def time_zone_names() -> tuple[str, ...]:
    """Return the sorted names. Cached because it opens a file for each of them."""
    return tuple(sorted(available_timezones() - NOT_PLACES))


def is_time_zone(value) -> bool:
    return value in time_zone_names()
