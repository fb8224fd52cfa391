"""Globally unique ids that sort by creation time (UUIDv7, RFC 9562)."""

import uuid
from datetime import datetime

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    return uuid7()


def first_id_at(moment: datetime) -> uuid.UUID:
    """Return the smallest id of this millisecond, so that the primary key finds newer rows."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)
