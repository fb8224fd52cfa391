"""Limits how much visitors can write at once. The counters are in PostgreSQL."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from messagehub.lib.round_trip import one_round_trip

MESSAGE_WINDOW = timedelta(seconds=20)
MAX_ENTRIES = 40
VISITOR_WINDOW = timedelta(minutes=10)
MAX_CONVERSATIONS = 5  # that one contact starts in this window
RATE_WINDOW = (
    "SELECT new_started_at, new_start_seq, is_full"
    " FROM inbox_rate_window(%s, %s::int, %s::int, %s, %s, %s::int)"
)
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0)) IS NOT NULL"
LOCK_IF_FREE = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
NEW_VISITORS = """
SELECT
    (SELECT count(*) FROM (
        SELECT FROM inbox_visitor
        WHERE inbox_id = %(inbox)s AND ip_address = %(ip_address)s AND created_at > %(since)s
        LIMIT %(per_address)s
    ) AS of_address) >= nullif(%(per_address)s, 0)
    OR (SELECT count(*) FROM (
        SELECT FROM inbox_visitor
        WHERE inbox_id = %(inbox)s AND ip_address IS NOT NULL AND created_at > %(since)s
        LIMIT %(per_inbox)s
    ) AS of_inbox) >= nullif(%(per_inbox)s, 0)
"""


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


def limit_new_visitors(inbox, ip_address):
    """Raise TooManyMessages after too many new visitors from one IP address, or of one inbox.

    One address is at most one office, not hundreds of visitors in ten minutes. ip_address: in the
    form in which messagehub.lib.client_info counts it, or None if it didn't come over the network.
    """
    # Requests from one address at the same moment would each find room, so they go one by one until
    # the commit. Refused requests don't wait for the others. Those of an inbox don't wait either,
    # because a few more than its limit do no harm.
    is_limited = settings.VISITORS_PER_ADDRESS or settings.VISITORS_PER_INBOX
    if ip_address is None or not is_limited:
        return
    is_locked = check_new_visitors(inbox, ip_address, LOCK_IF_FREE)
    if settings.VISITORS_PER_ADDRESS and not is_locked:
        check_new_visitors(inbox, ip_address, LOCK)


def check_new_visitors(inbox, ip_address, lock):
    """Lock the address, then count. Return whether it is locked. Raises TooManyMessages."""
    values = {
        "inbox": inbox.pk,
        "ip_address": ip_address,
        "since": timezone.now() - VISITOR_WINDOW,
        "per_address": settings.VISITORS_PER_ADDRESS,
        "per_inbox": settings.VISITORS_PER_INBOX,
    }
    with connection.cursor() as locking, connection.cursor() as counting:
        with one_round_trip():
            locking.execute(lock, [f"{inbox.pk}:{ip_address}"])
            counting.execute(NEW_VISITORS, values)
        [is_locked], [is_full] = locking.fetchone(), counting.fetchone()
    if is_full:
        raise TooManyMessages
    return is_locked
