"""What became of an email is stored, also while PostgreSQL starts anew.

An email that left and is not marked leaves again.
"""

import logging
import time

from django.db import InterfaceError, OperationalError, connection
from psycopg_pool import PoolTimeout

logger = logging.getLogger(__name__)
AWAY = (OperationalError, InterfaceError, PoolTimeout)
SECONDS = 300  # less than a lease lasts from the hand-over on (outbox.sending)
PAUSE = 1


def until_stored(write):
    """Calls it again, each time with a fresh connection, until the database has taken it."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            return write()
        except AWAY as error:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            logger.warning("what became of an email could not be stored yet: %s", error)
            connection.close()
            time.sleep(PAUSE)
