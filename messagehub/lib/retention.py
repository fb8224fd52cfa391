"""Delete old rows in batches, from hourly tasks. The periods are in docs/running.md."""

from django.db import connection
from django.utils import timezone

from messagehub.lib.ids import first_id_at

BATCH_SIZE = 5000


def filter_created_before(rows, moment):
    """Filter rows by age through the primary key, without an index on created_at."""
    return rows.filter(pk__lt=first_id_at(moment), created_at__lt=moment)


def delete_oldest(rows, batch_size=BATCH_SIZE):
    """Delete a batch of the oldest rows and return how many.

    The rest waits for the next run, because a long transaction would block other work.
    """
    oldest = list(rows.order_by("pk").values_list("pk", flat=True)[:batch_size])
    rows.model._default_manager.filter(pk__in=oldest).delete()
    return len(oldest)


def delete_expired(table, column) -> int:
    """Delete all expired rows in batches and return how many.

    Unlike delete_oldest, this leaves nothing for the next run, because strangers can add such rows
    faster than one batch an hour.
    """
    table, column = map(connection.ops.quote_name, (table, column))
    oldest = f"SELECT ctid FROM {table} WHERE {column} <= %s ORDER BY {column} LIMIT {BATCH_SIZE}"
    # The expiry is checked again because a row may have been renewed since it was found.
    statement = f"DELETE FROM {table} WHERE ctid = ANY(ARRAY({oldest})) AND {column} <= %s"
    now, deleted = timezone.now(), 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(statement, [now, now])
            deleted += cursor.rowcount
            if cursor.rowcount < BATCH_SIZE:
                return deleted
