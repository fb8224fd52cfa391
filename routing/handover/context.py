from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from messagehub.lib.prepared_query import PreparedQuery
from routing.models import Handover
from routing.models.handover import UNDO_PERIOD
from teams.models import Membership


def my_handover(request):
    """Add `my_handover`: the last handover the user made and can still undo, or None."""
    return {"my_handover": SimpleLazyObject(lambda: find_undoable(request))}


def find_undoable(request):
    membership = getattr(request, "membership", None)
    if membership is None:
        return None
    last = LAST.first(membership=membership.pk, since=timezone.now() - UNDO_PERIOD)
    return last if last is not None and last.can_be_undone else None


# Every page asks.
LAST = PreparedQuery(
    lambda membership, since: (
        Handover.objects.recent(Membership(pk=membership), since)
        .filter(undone_at=None)
        .select_related("membership__user")[:1]
    ),
    membership=UUID,
    since=datetime,
)
