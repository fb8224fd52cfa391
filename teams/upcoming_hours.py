"""When hours (teams.hours) end and begin next, as people read it."""

from datetime import datetime, timedelta
from itertools import islice

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from teams.hours import Hours
from teams.time_format import WEEKDAY_SPAN, format_time


def open_until(hours: Hours, now: datetime) -> str:
    """Return the next closing, or "" if it is closed now or never closes."""
    closing = hours.next_closing(now) if hours.is_open(now) else None
    return format_time(closing, hours.zone, now) if closing else ""


def upcoming_hours(hours: Hours, now: datetime, count: int = 3) -> list[str]:
    """Return the next openings, such as "Mon 09:00–17:00"; none if it never closes."""
    changes = hours.changes(now)
    if hours.is_open(now):
        next(changes, None)
    times = [at for at, _opens in islice(changes, 2 * count)]
    closings = [*times[1::2], None]
    return [format_span(opening, closings[at], now) for at, opening in enumerate(times[::2])]


def format_span(opening: datetime, closing: datetime | None, now: datetime) -> str:
    begin = format_time(opening, opening.tzinfo, now)
    if closing is None:
        return _("from %(time)s on") % {"time": begin}
    return f"{begin}–{format_end(opening, closing, now)}"


def format_end(opening, closing, now):
    """Return the time alone where the day is clear from the opening."""
    if closing - opening > WEEKDAY_SPAN:
        return format_time(closing, closing.tzinfo, now)
    end = date_format(closing, _("H:i"))
    if closing.date() == opening.date():
        return end
    is_next_day = closing.date() - opening.date() == timedelta(days=1)
    is_midnight = is_next_day and closing.hour == closing.minute == 0
    return "24:00" if is_midnight else f"{date_format(closing, 'D')} {end}"
