"""Opening hours that begin or end while somebody waits: their window says so without their doing.

Between two looks is what the last one left in Redis; emptied, the next look begins anew, and the
windows say it with the next message.
"""

import logging
from datetime import UTC, datetime

from django.db.models import Q
from django.utils import timezone

from inbox.models import Conversation, Inbox
from messagehub.lib import redis
from widget.receivers import tell_waiting

logger = logging.getLogger(__name__)
LOOKED_AT = "widget:openings"


def publish_opening_changes():
    """What goes wrong with one inbox is logged and does not hold up the others."""
    now = timezone.now()
    try:
        before = redis.client().set(LOOKED_AT, now.timestamp(), get=True)
    except redis.UNAVAILABLE:
        return
    if before is None:
        return
    since = datetime.fromtimestamp(float(before), UTC)
    for inbox in with_hours():
        try:
            if has_turned(inbox, since, now):
                tell_waiting(inbox)
        except Exception:
            logger.exception("opening hours of inbox %s", inbox.pk)


def with_hours():
    """Those that are not simply always open, and have somebody who waits."""
    waiting = Conversation.objects.waiting_for_agent().values("inbox")
    inboxes = Inbox.objects.filter(~Q(hours={}) | ~Q(workspace__holidays=[]), pk__in=waiting)
    return inboxes.select_related("workspace")


def has_turned(inbox, since, now):
    turn = next(inbox.opening_hours.turns(since), None)
    return turn is not None and turn[0] <= now
