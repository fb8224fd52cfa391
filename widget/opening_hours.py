"""Updates the chat windows of waiting visitors when opening hours start or end.

Redis holds the time of the last check. If Redis was emptied, the next check starts over, and chat
windows show the change with the next message.
"""

import logging
from datetime import UTC, datetime

from django.db.models import Q
from django.utils import timezone

from inbox.models import Conversation, Inbox
from messagehub.lib import redis
from widget.receivers import publish_to_waiting_visitors

logger = logging.getLogger(__name__)
LAST_CHECK_KEY = "widget:opening-hours-checked-at"


def publish_opening_changes():
    """Update visitors whose inbox has opened or closed since the last check.

    A failure with one inbox is logged and doesn't stop the others.
    """
    now = timezone.now()
    try:
        last_check = redis.client().set(LAST_CHECK_KEY, now.timestamp(), get=True)
    except redis.UNAVAILABLE:
        return
    if last_check is None:
        return
    since = datetime.fromtimestamp(float(last_check), UTC)
    for inbox in find_inboxes_with_hours():
        try:
            if has_changed(inbox, since, now):
                publish_to_waiting_visitors(inbox)
        except Exception:
            logger.exception("opening hours of inbox %s", inbox.pk)


def find_inboxes_with_hours():
    """Return inboxes that aren't always open and have waiting visitors."""
    waiting = Conversation.objects.waiting_for_agent().values("inbox")
    inboxes = Inbox.objects.filter(~Q(hours={}) | ~Q(workspace__holidays=[]), pk__in=waiting)
    return inboxes.select_related("workspace")


def has_changed(inbox, since, now):
    turn = next(inbox.opening_hours.changes(since), None)
    return turn is not None and turn[0] <= now
