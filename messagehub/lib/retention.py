"""What nobody needs any more is deleted by the hour, so many rows at a time: periods are in
docs/running.md."""

from uuid import UUID

from django.db import connection
from django.utils import timezone

MOST = 5000


def filter_created_before(rows, moment):
    """Ids begin with the millisecond they were made in (UUIDv7, RFC 9562, 5.7): the primary key
    finds old rows, without an index for it."""
    milliseconds = int(moment.timestamp() * 1000)
    return rows.filter(pk__lt=UUID(int=milliseconds << 80), created_at__lt=moment)


def delete_oldest(rows, most=MOST):
    """Returns how many. The rest is for the next hour: a long transaction would be in the way."""
    oldest = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    rows.model._default_manager.filter(pk__in=oldest).delete()
    return len(oldest)


def delete_expired(table, column) -> int:
    """Delete every row whose time is over, MOST at a time. Return how many.

    Unlike the others, this does not leave the rest for the next run: strangers can add such rows
    faster than MOST an hour.
    """
    table, column = map(connection.ops.quote_name, (table, column))
    oldest = f"SELECT ctid FROM {table} WHERE {column} <= %s ORDER BY {column} LIMIT {MOST}"
    # A row that was used again since it was found is no longer expired, so its time is asked twice.
    statement = f"DELETE FROM {table} WHERE ctid = ANY(ARRAY({oldest})) AND {column} <= %s"
    now, deleted = timezone.now(), 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(statement, [now, now])
            deleted += cursor.rowcount
            if cursor.rowcount < MOST:
                return deleted
