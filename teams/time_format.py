"""Times as people read them: "14:02" today, else with the weekday or the date."""

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

# A weekday alone is unambiguous for this long.
WEEKDAY_SPAN = timedelta(days=6)


def format_time(at: datetime, zone, now: datetime, *, weekday=True) -> str:
    """Return "14:02" for today, "Mon 09:00" within the next days, else "24 Dec, 09:00".

    weekday: False always adds the date, as for times in the past.
    """
    local, today = localtime(at, zone), localtime(now, zone).date()
    if local.date() == today:
        return date_format(local, _("H:i"))
    if weekday and timedelta(0) < local.date() - today <= WEEKDAY_SPAN:
        return date_format(local, _("D H:i"))
    return date_format(local, _("j M, H:i"))
