"""Delete old routing decisions. The simulator replays the last 30 days."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from inbox.models import Conversation
from messagehub.lib.retention import delete_oldest, filter_created_before
from routing.models import Decision

RETENTION = timedelta(days=90)


def delete_old_decisions():
    """Delete all but the latest decision of a conversation that isn't resolved. Return how many."""
    later = Decision.objects.filter(
        conversation=OuterRef("conversation"), created_at__gt=OuterRef("created_at")
    )
    resolved = Q(conversation__status=Conversation.Status.RESOLVED)
    superseded = Decision.objects.filter(resolved | Exists(later))
    return delete_oldest(filter_created_before(superseded, timezone.now() - RETENTION))
