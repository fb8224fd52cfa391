"""When a snoozed conversation may come back: the moments that make sense for somebody now."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

MORNING = time(9)
LATER = timedelta(hours=3)  # while it is still today then
LONGEST = timedelta(days=366)
AHEAD = range(1, LONGEST.days)


@dataclass(frozen=True)
class Moment:
    code: str
    label: str
    until: datetime


def moments(membership, now: datetime | None = None) -> list[Moment]:
    """In their own time zone, the soonest first; none twice, none that is nonsense now."""
    local = (now or timezone.now()).astimezone(membership.zone)
    later = (local.astimezone(UTC) + LATER).astimezone(membership.zone)
    found = [Moment("later", _("In 3 hours"), later)] if later.date() == local.date() else []
    if back := next_hours(membership.office_hours, local):
        found.append(back)
    found.append(Moment("tomorrow", _("Tomorrow morning"), morning(local, days=1)))
    monday = morning(local, days=7 - local.weekday())
    found.append(Moment("monday", _("Monday morning"), monday))
    once = {moment.until: moment for moment in reversed(found)}
    return sorted(once.values(), key=lambda moment: moment.until)


def next_working_time(membership, now: datetime | None = None) -> Moment:
    """Their next office hours; for those without any, the morning of their next day."""
    offered = {moment.code: moment for moment in moments(membership, now)}
    return offered.get("hours") or offered["tomorrow"]


def next_hours(hours, local) -> Moment | None:
    """When they are expected next. Without weekly hours a day off matters only if the next morning
    lies in it: a holiday in three weeks keeps nobody away tomorrow."""
    if hours.week:
        opening = hours.next_opening(local)
        return opening and Moment("hours", _("When my office hours begin"), opening)
    days = next((n for n in AHEAD if not hours.day_off(local.date() + timedelta(days=n))), 1)
    return Moment("hours", _("After my days off"), morning(local, days=days)) if days > 1 else None


def morning(local, *, days):
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, MORNING, local.tzinfo)
