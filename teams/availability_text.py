"""The sentence that says what a member's status is and why."""

from django.utils.translation import gettext as _

from teams.statuses import AvailabilityStatus
from teams.time_format import format_time


def describe_status(status, membership, open_count, now) -> str:
    match status:
        case AvailabilityStatus.AVAILABLE:
            return describe_available(membership, open_count)
        case AvailabilityStatus.AT_CAPACITY:
            return _("Busy: %(count)d of %(capacity)d chats") % counts(membership, open_count)
        case AvailabilityStatus.AWAY:
            return describe_away(membership, now)
        case AvailabilityStatus.OUTSIDE_OFFICE_HOURS:
            return describe_outside_office_hours(membership, now)
        case AvailabilityStatus.DAY_OFF:
            return describe_day_off(membership, now)
        case AvailabilityStatus.OFFLINE:
            return _("Offline: no page open")
        case AvailabilityStatus.UNKNOWN:
            return _("Status unknown")
        case AvailabilityStatus.SUSPENDED:
            return _("Suspended: no access")


def describe_available(membership, open_count):
    if membership.capacity is None:
        return _("Available")
    return _("Available: %(count)d of %(capacity)d chats") % counts(membership, open_count)


def counts(membership, open_count):
    return {"count": open_count, "capacity": membership.capacity}


def describe_away(membership, now):
    time = format_time(membership.away_at, membership.zone, now, weekday=False)
    if membership.away_by_id and membership.away_by_id != membership.pk:
        params = {"time": time, "by": membership.away_by.name}
        return _("Away since %(time)s, set by %(by)s") % params
    return _("Away since %(time)s") % {"time": time}


def describe_outside_office_hours(membership, now):
    until = membership.office_hours.closed(now).until
    if until is None:
        return _("Offline: outside office hours")
    params = {"until": format_time(until, membership.zone, now)}
    return _("Offline: outside office hours until %(until)s") % params


def describe_day_off(membership, now):
    closed = membership.office_hours.closed(now)
    if closed.until is None:
        return _("Offline: day off")
    params = {"name": closed.name, "until": format_time(closed.until, membership.zone, now)}
    if closed.name:
        return _("Offline: day off (%(name)s) until %(until)s") % params
    return _("Offline: day off until %(until)s") % params
