from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from messagehub.lib.retention import delete_oldest, filter_created_before
from teams.models import StatusChange

KEPT = timedelta(days=400)


def delete_old_status_changes():
    """Delete changes that are too old, except each member's latest. Return how many."""
    later = StatusChange.objects.filter(
        membership=OuterRef("membership"), created_at__gt=OuterRef("created_at")
    )
    superseded = StatusChange.objects.filter(Exists(later))
    return delete_oldest(filter_created_before(superseded, timezone.now() - KEPT))
