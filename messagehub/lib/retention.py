"""What nobody needs any more is deleted by the hour, so many rows at a time: periods are in
docs/running.md."""

from uuid import UUID

MOST = 5000


def created_before(rows, moment):
    """Ids begin with the millisecond they were made in (UUIDv7, RFC 9562, 5.7): the primary key
    finds old rows, without an index for it."""
    milliseconds = int(moment.timestamp() * 1000)
    return rows.filter(pk__lt=UUID(int=milliseconds << 80), created_at__lt=moment)


def delete_oldest(rows, most=MOST):
    """Returns how many. The rest is for the next hour: a long transaction would be in the way."""
    oldest = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    rows.model._default_manager.filter(pk__in=oldest).delete()
    return len(oldest)
