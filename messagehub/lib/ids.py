"""Identifiers that are ordered by time and unique everywhere (RFC 9562, UUID version 7)."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    return uuid7()
