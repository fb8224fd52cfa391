"""The time zones that people choose among."""

from zoneinfo import available_timezones

# In the database of zones, but nowhere on earth: what the machine or a blank installation has.
NOWHERE = {"Factory", "localtime", "posixrules"}


def zone_names() -> list[str]:
    return sorted(available_timezones() - NOWHERE)
