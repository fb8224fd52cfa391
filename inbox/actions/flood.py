"""Nobody types that much: what visitors may do at once, counted in PostgreSQL."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

FLOOD_WINDOW = timedelta(seconds=20)
FLOOD_ENTRIES = 40
NEW_VISITORS_WINDOW = timedelta(minutes=10)


class TooManyMessages(Exception):
    """More than FLOOD_ENTRIES in FLOOD_WINDOW, or too many new visitors from one address."""


def limit_flood(conversation):
    now = timezone.now()
    started = conversation.window_started_at
    if started is None or now - started > FLOOD_WINDOW:
        conversation.window_started_at = now
        conversation.window_seq = conversation.last_seq
    elif conversation.last_seq - conversation.window_seq >= FLOOD_ENTRIES:
        raise TooManyMessages


def limit_new_visitors(visitors, address):
    """One address is one office at most, not hundreds of people in ten minutes.

    address: as messagehub.lib.origin counts it; None: it did not come over the network.
    """
    if address is None or not settings.VISITORS_PER_ADDRESS:
        return
    since = timezone.now() - NEW_VISITORS_WINDOW
    if (
        visitors.filter(address=address, created_at__gt=since).count()
        >= settings.VISITORS_PER_ADDRESS
    ):
        raise TooManyMessages
