"""How long members were available, compared with their office hours."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Q

from reports.open_time import open_seconds, whole_seconds
from teams.models import StatusChange
from teams.statuses import REACHABLE

MAX_MEMBERS = 100
# A status that lasted this long without a change began before the changes that are read.
LOOK_BACK = timedelta(days=30)


def working_times(members, period) -> dict:
    """Return {member's id: (available seconds, seconds of office hours)} up to now."""
    begin, until = period.begin, min(period.until, period.now)
    if until <= begin:
        return {}
    members = list(members[:MAX_MEMBERS])
    spans = available_spans([each.pk for each in members], begin, until)
    return {
        each.pk: (
            sum(whole_seconds(*span) for span in spans[each.pk]),
            open_seconds(each.office_hours, begin, until) if each.has_schedule else None,
        )
        for each in members
    }


def available_spans(ids, begin: datetime, until: datetime) -> dict:
    """Return the spans in which each member was reachable, cut to the period."""
    in_time = Q(created_at__gte=begin - LOOK_BACK, created_at__lt=until)
    changes = StatusChange.objects.filter(in_time, membership__in=ids)
    changes = changes.order_by("membership", "created_at", "pk")
    spans, since = defaultdict(list), {}
    for member, status, at in changes.values_list("membership", "status", "created_at"):
        if status in REACHABLE:
            since.setdefault(member, at)
        elif member in since:
            add_span(spans[member], max(since.pop(member), begin), at)
    for member, at in since.items():
        add_span(spans[member], max(at, begin), until)
    return spans


def add_span(spans, begin, until):
    if begin < until:
        spans.append((begin, until))
