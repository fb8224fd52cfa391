"""When a snoozed conversation may come back: the moments that make sense for somebody now."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

MORNING = time(9)
LATER = timedelta(hours=3)
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Moment:
    code: str
    label: str
    until: datetime


def moments(membership, now: datetime | None = None) -> list[Moment]:
    """In their own time zone, the soonest first; none twice, none that is nonsense now."""
    local = (now or timezone.now()).astimezone(membership.zone)
    found = [Moment("later", _("In 3 hours"), local + LATER)] if is_day(local) else []
    hours = membership.office_hours.next_opening(local)
    if hours is not None:
        found.append(Moment("hours", _("When my office hours begin"), hours))
    found.append(Moment("tomorrow", _("Tomorrow morning"), morning(local, days=1)))
    monday = morning(local, days=7 - local.weekday())
    found.append(Moment("monday", _("Monday morning"), monday))
    once = {moment.until: moment for moment in reversed(found)}
    return sorted(once.values(), key=lambda moment: moment.until)


def until_i_am_back(membership, now: datetime | None = None) -> Moment:
    """Their next office hours; for those without any, tomorrow morning."""
    offered = {moment.code: moment for moment in moments(membership, now)}
    return offered.get("hours") or offered["tomorrow"]


def is_day(local):
    """In three hours it is still today."""
    return (local + LATER).date() == local.date()


def morning(local, *, days):
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, MORNING, local.tzinfo)
