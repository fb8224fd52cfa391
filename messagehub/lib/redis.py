"""The Redis client of views, tasks and commands, which fails fast.

Redis holds hints and presence, never the truth, so a request must not wait for it. Sockets time out
after half a second, and after a failure every call fails at once for a second.
"""

import logging
import time
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

# Errors of an unavailable Redis. Catch only these, so that a wrong command isn't hidden.
UNAVAILABLE = (
    redis.ConnectionError,
    redis.TimeoutError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.OutOfMemoryError,
    OSError,
)
FAILURES = (redis.RedisError, OSError)  # these include commands that Redis refuses

SOCKET_SECONDS = 0.5
BREAK_SECONDS = 1.0


@cache
def client() -> redis.Redis:
    """Return the process's client, which is thread-safe. Its calls raise one of UNAVAILABLE."""
    return redis.Redis(connection_pool=make_pool(settings.REDIS_URL))


class FailFastPool(redis.ConnectionPool):
    """A pool that refuses connections for BREAK_SECONDS after one failed or was lost."""

    unavailable_until = 0.0

    def get_connection(self, *args, **kwargs):
        if time.monotonic() < self.unavailable_until:
            raise redis.ConnectionError("Redis was unavailable a moment ago")
        try:
            return super().get_connection(*args, **kwargs)
        except UNAVAILABLE as error:
            self.pause(error)
            raise

    def release(self, connection):
        # redis-py disconnects when a response times out.
        if not connection.is_connected:
            self.pause("connection lost")
        super().release(connection)

    def pause(self, why):
        if time.monotonic() >= self.unavailable_until:
            logger.warning("Redis is unavailable: %s", why)
        self.unavailable_until = time.monotonic() + BREAK_SECONDS


def make_pool(url: str) -> FailFastPool:
    # No retries, because a hint is not worth a second wait. RESP2, because with RESP3 redis-py may
    # skip its check that a pooled connection is alive, and then loses the first command after a
    # restart.
    return FailFastPool.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=SOCKET_SECONDS,
        socket_connect_timeout=SOCKET_SECONDS,
    )
