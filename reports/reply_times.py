"""Tells the chat of each inbox how long visitors usually wait for a first reply.

The inbox's row keeps it, so that the chat doesn't depend on reports and needs no query for it.
"""

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from inbox.models import Inbox
from reports.measuring import Percentile, large_queries
from reports.models import Fact, Kind
from teams.models import Workspace

PERIOD = timedelta(days=28)
MIN_REPLIES = 10  # the median of fewer says little


def update_reply_times():
    """Store the median of each inbox: what reports call First response, in opening hours."""
    workspaces = Workspace.objects.live().order_by("pk")
    for workspace in workspaces.values_list("pk", flat=True).iterator():
        with large_queries():
            medians = measure_inboxes(workspace)
        store(workspace, medians)


def measure_inboxes(workspace) -> dict:
    since = timezone.now() - PERIOD
    facts = Fact.objects.filter(workspace=workspace, kind=Kind.FIRST_REPLY, at__gt=since)
    rows = (
        facts.order_by()
        .values("inbox")
        .annotate(count=Count("open_seconds"), median=Percentile("open_seconds", fraction=0.5))
    )
    return {row["inbox"]: round(row["median"]) for row in rows if row["count"] >= MIN_REPLIES}


def store(workspace, medians):
    for inbox in Inbox.objects.filter(workspace=workspace).only("usual_reply_seconds"):
        seconds = medians.get(inbox.pk)
        if inbox.usual_reply_seconds != seconds:
            Inbox.objects.filter(pk=inbox.pk).update(usual_reply_seconds=seconds)
