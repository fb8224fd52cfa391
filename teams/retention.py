"""How long the timeline of states goes back."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from messagehub.lib.retention import filter_created_before, delete_oldest
from teams.models import StatusChange

KEPT = timedelta(days=400)


def delete_old_status_changes():
    """All but the one that holds still: what somebody has been since then. Returns how many."""
    later = StatusChange.objects.filter(
        membership=OuterRef("membership"), created_at__gt=OuterRef("created_at")
    )
    over = StatusChange.objects.filter(Exists(later))
    return delete_oldest(filter_created_before(over, timezone.now() - KEPT))
