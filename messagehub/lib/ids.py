"""Globally unique ids that sort by creation time (UUIDv7, RFC 9562)."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    return uuid7()
