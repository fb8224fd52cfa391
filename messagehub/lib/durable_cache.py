"""A cache in PostgreSQL from which only time removes an entry.

Threat: Django's own culls a third of the table, in the order of the keys, once it holds
MAX_ENTRIES. allauth keeps its rate limits there, so requests with random names would push out
the counters that protect others. Django's also counts all rows at each write, and takes a failed
write for a success.
"""

import base64
import pickle
from datetime import UTC, datetime

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils import timezone

from messagehub.lib.retention import delete_expired

WRITE = """
INSERT INTO {table} AS entry (cache_key, value, expires) VALUES (%s, %s, %s)
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""
UNLESS_ALIVE = "WHERE entry.expires <= %s"
TOUCH = "UPDATE {table} SET expires = %s WHERE cache_key = %s AND expires > %s"
FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)


class DurableCache(DatabaseCache):
    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version=version)
        self.execute(WRITE, [key, encode(value), self.expiry(timeout)])

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version=version)
        row = [key, encode(value), self.expiry(timeout)]
        return self.execute(WRITE + UNLESS_ALIVE, [*row, timezone.now()])

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version=version)
        return self.execute(TOUCH, [self.expiry(timeout), key, timezone.now()])

    def delete_expired(self):
        return delete_expired(self._table, "expires")

    def execute(self, statement, params) -> bool:
        """Whether a row was written."""
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=self.table), params)
            return cursor.rowcount == 1

    def expiry(self, timeout):
        moment = self.get_backend_timeout(timeout)
        return FOR_EVER if moment is None else datetime.fromtimestamp(moment, UTC)

    @property
    def table(self):
        return connection.ops.quote_name(self._table)


def encode(value):
    return base64.b64encode(pickle.dumps(value, DurableCache.pickle_protocol)).decode("ascii")
