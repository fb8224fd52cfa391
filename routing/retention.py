"""How long is kept why a conversation went to somebody. The simulator plays 30 days."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from inbox.models import Conversation
from messagehub.lib.retention import filter_created_before, delete_oldest
from routing.models import Decision

KEPT = timedelta(days=90)


def delete_old_decisions():
    """All but the latest of a conversation that is still going on. Returns how many."""
    later = Decision.objects.filter(
        conversation=OuterRef("conversation"), created_at__gt=OuterRef("created_at")
    )
    resolved = Q(conversation__status=Conversation.Status.RESOLVED)
    over = Decision.objects.filter(resolved | Exists(later))
    return delete_oldest(filter_created_before(over, timezone.now() - KEPT))
