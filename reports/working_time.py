"""How long members were available, compared with their office hours."""

from datetime import datetime, timedelta

from django.db import connection

from reports.open_time import open_seconds
from teams.models import StatusChange
from teams.statuses import REACHABLE

# Changes are read from this long before. A status that lasted longer isn't found.
LOOK_BACK = timedelta(days=30)


def working_times(members, period) -> dict:
    """Return {member's id: (available seconds, seconds of office hours)} up to now."""
    begin, until = period.begin, min(period.until, period.now)
    if until <= begin:
        return {}
    available = available_seconds([each.pk for each in members], begin, until)
    # Many members have the same hours.
    schedules = {each.office_hours for each in members if each.has_schedule}
    expected = {hours: open_seconds(hours, begin, until) for hours in schedules}
    return {
        each.pk: (
            available.get(each.pk, 0),
            expected[each.office_hours] if each.has_schedule else None,
        )
        for each in members
    }


# A change lasts until the member's next one in the period, or else until its end.
AVAILABLE = f"""
SELECT membership_id, extract(epoch FROM sum(until - greatest(since, %(begin)s)))
FROM (
    SELECT membership_id, status, created_at AS since,
        lead(created_at, 1, %(until)s) OVER (PARTITION BY membership_id ORDER BY created_at, id)
            AS until
    FROM {StatusChange._meta.db_table}
    WHERE membership_id = ANY(%(members)s)
        AND created_at >= %(first)s AND created_at < %(until)s
) AS change
WHERE status = ANY(%(reachable)s) AND until > %(begin)s
GROUP BY membership_id
"""


def available_seconds(ids, begin: datetime, until: datetime) -> dict:
    """Return for how many seconds of the period each member was reachable."""
    values = {"members": ids, "begin": begin, "until": until, "first": begin - LOOK_BACK}
    values["reachable"] = [str(status) for status in REACHABLE]
    with connection.cursor() as cursor:
        cursor.execute(AVAILABLE, values)
        return {pk: int(seconds) for pk, seconds in cursor.fetchall()}
