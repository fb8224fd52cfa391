"""Globally unique ids that sort by creation time (UUIDv7, RFC 9562)."""

import uuid
from datetime import UTC, datetime

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    return uuid7()


def first_id_at(moment: datetime) -> uuid.UUID:
    """Return the smallest id of this millisecond, so that the primary key finds newer rows."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def time_of_id(value: uuid.UUID) -> datetime:
    """Return the millisecond in which this id was made."""
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)
