"""Continues bulk runs that a killed process left unfinished, and deletes old ones."""

import logging
from datetime import timedelta

from django.utils import timezone

from inbox.actions.bulk import State
from inbox.models import BulkRun

logger = logging.getLogger(__name__)
ABANDONED_AFTER = timedelta(seconds=30)  # without progress
KEPT_FOR = timedelta(days=7)
MOST_DELETED = 20  # at once, each with up to 5,000 items


def sweep_bulk_runs():
    from inbox.tasks import continue_bulk_run

    now = timezone.now()
    running = BulkRun.objects.filter(state__in=[State.RUNNING, State.UNDOING])
    abandoned = running.filter(worked_at__lt=now - ABANDONED_AFTER, workspace__deleted_at=None)
    for pk in list(abandoned.order_by("worked_at").values_list("pk", flat=True)):
        try:
            continue_bulk_run(str(pk))
        except Exception:
            logger.exception("bulk run %s", pk)
    old = BulkRun.objects.filter(created_at__lt=now - KEPT_FOR)
    old = old.exclude(state__in=[State.RUNNING, State.UNDOING]).order_by("created_at")
    BulkRun.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:MOST_DELETED])).delete()
