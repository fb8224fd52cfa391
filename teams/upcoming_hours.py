"""What comes of somebody's hours (teams.hours), in words: «until 17:00», «Mon 09:00–17:00»."""

from datetime import datetime, timedelta
from itertools import islice

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from teams.availability import SOON, moment
from teams.hours import Hours


def open_until(hours: Hours, now: datetime) -> str:
    """Nothing while it is closed, or when it never closes."""
    closing = hours.next_closing(now) if hours.is_open(now) else None
    return format_time(closing, hours.zone, now) if closing else ""


def upcoming_hours(hours: Hours, now: datetime, count: int = 3) -> list[str]:
    """The next times it opens; none where it never closes."""
    turns = hours.changes(now)
    if hours.is_open(now):
        next(turns, None)
    moments = [at for at, _opens in islice(turns, 2 * count)]
    closings = [*moments[1::2], None]
    return [span(opening, closings[at], now) for at, opening in enumerate(moments[::2])]


def span(opening: datetime, closing: datetime | None, now: datetime) -> str:
    begin = format_time(opening, opening.tzinfo, now)
    if closing is None:
        return _("from %(time)s on") % {"time": begin}
    return f"{begin}–{end_of(opening, closing, now)}"


def end_of(opening, closing, now):
    """The time alone where it can only be meant of that day."""
    if closing - opening > SOON:
        return format_time(closing, closing.tzinfo, now)
    end = date_format(closing, _("H:i"))
    if closing.date() == opening.date():
        return end
    is_midnight = closing.date() - opening.date() == timedelta(days=1) and end == "00:00"
    return "24:00" if is_midnight else f"{date_format(closing, 'D')} {end}"
