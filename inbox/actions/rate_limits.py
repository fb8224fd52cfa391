"""Limits how much visitors can write at once. The counters are in PostgreSQL."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

MESSAGE_WINDOW = timedelta(seconds=20)
MAX_ENTRIES = 40
VISITOR_WINDOW = timedelta(minutes=10)
MAX_CONVERSATIONS = 5  # that one contact starts in this window
RATE_WINDOW = (
    "SELECT new_started_at, new_start_seq, is_full"
    " FROM inbox_rate_window(%s, %s::int, %s::int, %s, %s, %s::int)"
)
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class TooManyMessages(Exception):
    """A visitor wrote too much, or too many new visitors came from one IP address."""


def limit_messages(conversation):
    """Raise TooManyMessages after MAX_ENTRIES entries within MESSAGE_WINDOW.

    The rule is in PostgreSQL, because a contact's message is stored there.
    """
    window = (conversation.rate_window_started_at, conversation.rate_window_seq)
    with connection.cursor() as cursor:
        cursor.execute(
            RATE_WINDOW,
            [*window, conversation.last_seq, timezone.now(), MESSAGE_WINDOW, MAX_ENTRIES],
        )
        started_at, seq, is_full = cursor.fetchone()
    if is_full:
        raise TooManyMessages
    conversation.rate_window_started_at, conversation.rate_window_seq = started_at, seq


def limit_new_visitors(visitors, ip_address):
    """Raise TooManyMessages after too many new visitors from one IP address, or of one inbox.

    One address is at most one office, not hundreds of visitors in ten minutes. ip_address: in the
    form in which messagehub.lib.client_info counts it, or None if it didn't come over the network.
    """
    if ip_address is None:
        return
    if settings.VISITORS_PER_ADDRESS:
        limit_address(visitors, ip_address)
    if settings.VISITORS_PER_INBOX:
        # Not one by one, because a few more than the limit do no harm.
        check_count(visitors.exclude(ip_address=None), settings.VISITORS_PER_INBOX)


def limit_address(visitors, ip_address):
    own = visitors.filter(ip_address=ip_address)
    check_count(own, settings.VISITORS_PER_ADDRESS)
    # Requests at the same moment would each find room, so they go one by one until the commit.
    # The check above spares refused requests the wait.
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"{visitors.instance.pk}:{ip_address}"])
    check_count(own, settings.VISITORS_PER_ADDRESS)


def check_count(visitors, max_count):
    since = timezone.now() - VISITOR_WINDOW
    if visitors.filter(created_at__gt=since)[:max_count].count() >= max_count:
        raise TooManyMessages
