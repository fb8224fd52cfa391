"""Delete old deliveries, and the secrets in undelivered emails."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from messagehub.lib.retention import BATCH_SIZE, delete_oldest, filter_created_before
from outbox.models import Delivery

RETENTION = timedelta(days=90)  # after the delivery ended
SECRETS_RETENTION = timedelta(days=7)  # after it failed, for a retry
ENDED = ["sent", "failed", "bounced", "cancelled"]


def delete_old_deliveries():
    before = timezone.now() - RETENTION
    ended = Delivery.objects.alias(ended_at=Coalesce("failed_at", "sent_at", "created_at"))
    ended = ended.filter(state__in=ENDED, ended_at__lt=before)
    return delete_oldest(filter_created_before(ended, before))


def delete_old_secrets():
    """Delete the text of ready-made emails that failed.

    An email without a workspace is on no page where someone could retry it, so its text goes at
    once.
    """
    old = Q(workspace=None) | Q(failed_at__lt=timezone.now() - SECRETS_RETENTION)
    failed = Delivery.objects.undelivered().filter(old, payload__has_key="text")
    for delivery in failed.order_by("pk")[:BATCH_SIZE]:
        delivery.delete_secrets()
        unchanged = Delivery.objects.undelivered().filter(pk=delivery.pk)
        unchanged.update(payload=delivery.payload)
