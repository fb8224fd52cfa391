"""How long is kept what has left, or has not."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from messagehub.lib.retention import MOST, filter_created_before, delete_oldest
from outbox.models import Delivery

KEPT = timedelta(days=90)  # after its end
SECRETS_KEPT = timedelta(days=7)  # of what failed, for a retry
ENDED = ["sent", "failed", "bounced", "cancelled"]


def forget_old_deliveries():
    """Returns how many."""
    before = timezone.now() - KEPT
    ended = Delivery.objects.alias(ended_at=Coalesce("failed_at", "sent_at", "created_at"))
    ended = ended.filter(state__in=ENDED, ended_at__lt=before)
    return delete_oldest(filter_created_before(ended, before))


def delete_secrets():
    """The text of ready-made mails that failed: of those that belong to no workspace nobody can
    ask for a retry."""
    old = Q(workspace=None) | Q(failed_at__lt=timezone.now() - SECRETS_KEPT)
    failed = Delivery.objects.undelivered().filter(old, payload__has_key="text")
    for delivery in failed.order_by("pk")[:MOST]:
        delivery.delete_secrets()
        unchanged = Delivery.objects.undelivered().filter(pk=delivery.pk)
        unchanged.update(payload=delivery.payload)
