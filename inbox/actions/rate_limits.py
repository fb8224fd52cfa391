"""Nobody types that much: what visitors may do at once, counted in PostgreSQL."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

FLOOD_WINDOW = timedelta(seconds=20)
FLOOD_ENTRIES = 40
NEW_VISITORS_WINDOW = timedelta(minutes=10)
ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class TooManyMessages(Exception):
    """More than FLOOD_ENTRIES in FLOOD_WINDOW, or too many new visitors from one address."""


def limit_flood(conversation):
    now = timezone.now()
    started = conversation.rate_window_started_at
    if started is None or now - started > FLOOD_WINDOW:
        conversation.rate_window_started_at = now
        conversation.rate_window_seq = conversation.last_seq
    elif conversation.last_seq - conversation.rate_window_seq >= FLOOD_ENTRIES:
        raise TooManyMessages


def limit_new_visitors(visitors, address):
    """One address is one office at most, not hundreds of people in ten minutes.

    address: as messagehub.lib.client_info counts it; None: it did not come over the network.
    """
    if address is None or not settings.VISITORS_PER_ADDRESS:
        return
    refuse_if_full(visitors, address)
    # Requests at the same moment would each find room, so they go one by one until the commit.
    # What was refused above has not waited for that.
    with connection.cursor() as cursor:
        cursor.execute(ONE_BY_ONE, [f"{visitors.instance.pk}:{address}"])
    refuse_if_full(visitors, address)


def refuse_if_full(visitors, address):
    since = timezone.now() - NEW_VISITORS_WINDOW
    lately = visitors.filter(address=address, created_at__gt=since)
    if lately.count() >= settings.VISITORS_PER_ADDRESS:
        raise TooManyMessages
