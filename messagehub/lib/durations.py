"""Write durations for people to read."""

from math import inf

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
# Durations below the first number are rounded to the second one.
PRECISIONS = ((10 * MINUTE, 1), (DAY, MINUTE), (10 * DAY, HOUR), (inf, DAY))
NOTHING = "–"


def format_duration(seconds) -> str:
    """Format as "45 s", "1 min 30 s", "12 min", "3 h 20 min", "2 d" or "2 d 3 h".

    Long durations are rounded: from ten minutes to the minute, from a day to the hour, and from
    ten days to the day. None is a dash.
    """
    if seconds is None:
        return NOTHING
    seconds = round_to(seconds, next(step for limit, step in PRECISIONS if seconds < limit))
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    seconds %= MINUTE
    parts = [
        ngettext("%(count)d d", "%(count)d d", days) % {"count": days} if days else "",
        ngettext("%(count)d h", "%(count)d h", hours) % {"count": hours} if hours else "",
        ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes} if minutes else "",
        ngettext("%(count)d s", "%(count)d s", seconds) % {"count": seconds} if seconds else "",
    ]
    larger, smaller = [*filter(None, parts), "", ""][:2]
    if not larger:
        return ngettext("%(count)d s", "%(count)d s", 0) % {"count": 0}
    if not smaller:
        return larger
    # Translators: a duration of two parts, such as "3 h" and "20 min".
    return _("%(larger)s %(smaller)s") % {"larger": larger, "smaller": smaller}


def round_to(number, precision: int) -> int:
    """Round half up: Python's round() would make 2 minutes of both 90 and 150 seconds."""
    return int(float(number) / precision + 0.5) * precision
