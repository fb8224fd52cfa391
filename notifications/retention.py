from datetime import timedelta

from django.utils import timezone

from messagehub.lib.retention import delete_oldest, filter_created_before
from notifications.models import Notification

KEPT = timedelta(days=90)


def delete_old_notifications():
    """Delete notifications of events long ago, read or not. Return how many."""
    moment = timezone.now() - KEPT
    old = filter_created_before(Notification.objects.all(), moment)
    return delete_oldest(old.filter(happened_at__lt=moment))
