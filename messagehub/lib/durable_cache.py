"""A database cache whose entries leave only when they expire.

Threat: Django's database cache culls a third of its entries once it holds MAX_ENTRIES. allauth
keeps its rate limits in the cache, so requests with random names would evict the counters that
protect other people. Django's cache also counts all rows at each write, and takes a failed write
for a success.
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
UNLESS_CURRENT = "WHERE entry.expires <= %s"
TOUCH = "UPDATE {table} SET expires = %s WHERE cache_key = %s AND expires > %s"
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class DurableCache(DatabaseCache):
    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version=version)
        self.execute(WRITE, [key, encode(value), self.expires_at(timeout)])

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version=version)
        row = [key, encode(value), self.expires_at(timeout)]
        return self.execute(WRITE + UNLESS_CURRENT, [*row, timezone.now()])

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        key = self.make_and_validate_key(key, version=version)
        return self.execute(TOUCH, [self.expires_at(timeout), key, timezone.now()])

    def delete_expired(self):
        return delete_expired(self._table, "expires")

    def execute(self, statement, params) -> bool:
        """Return whether a row was written."""
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=self.table), params)
            return cursor.rowcount == 1

    def expires_at(self, timeout):
        timestamp = self.get_backend_timeout(timeout)
        return NEVER if timestamp is None else datetime.fromtimestamp(timestamp, UTC)

    @property
    def table(self):
        return connection.ops.quote_name(self._table)


def encode(value):
    return base64.b64encode(pickle.dumps(value, DurableCache.pickle_protocol)).decode("ascii")
