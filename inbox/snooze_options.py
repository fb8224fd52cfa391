"""Suggests when a snooze could end, based on the member's clock and office hours."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

MORNING = time(9)
LATER = timedelta(hours=3)  # offered only while that's still today
LONGEST = timedelta(days=366)
AHEAD = range(1, LONGEST.days)


@dataclass(frozen=True)
class SnoozeOption:
    code: str
    label: str
    until: datetime


def snooze_options(membership, now: datetime | None = None) -> list[SnoozeOption]:
    """Return distinct future times in the member's time zone, soonest first."""
    local = (now or timezone.now()).astimezone(membership.zone)
    later = (local.astimezone(UTC) + LATER).astimezone(membership.zone)
    options = (
        [SnoozeOption("later", _("In 3 hours"), later)] if later.date() == local.date() else []
    )
    if back := next_hours(membership.office_hours, local):
        options.append(back)
    options.append(SnoozeOption("tomorrow", _("Tomorrow morning"), morning(local, days=1)))
    monday = morning(local, days=7 - local.weekday())
    options.append(SnoozeOption("monday", _("Monday morning"), monday))
    distinct = {option.until: option for option in reversed(options)}
    return sorted(distinct.values(), key=lambda option: option.until)


def next_working_time(membership, now: datetime | None = None) -> SnoozeOption:
    """Return when the member's next office hours start, or else their next working morning."""
    options = {option.code: option for option in snooze_options(membership, now)}
    return options.get("hours") or options["tomorrow"]


def next_hours(hours, local) -> SnoozeOption | None:
    """Return when the member's next working time starts.

    Without weekly hours, days off matter only if they include the next morning: a holiday in three
    weeks doesn't change who is at work tomorrow.
    """
    if hours.week:
        opening = hours.next_opening(local)
        return opening and SnoozeOption("hours", _("When my office hours start"), opening)
    days = next((n for n in AHEAD if not hours.day_off(local.date() + timedelta(days=n))), 1)
    return (
        SnoozeOption("hours", _("After my days off"), morning(local, days=days))
        if days > 1
        else None
    )


def morning(local, *, days):
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, MORNING, local.tzinfo)
