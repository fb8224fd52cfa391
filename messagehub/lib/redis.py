"""The one way to Redis for views, tasks and commands, made to fail fast.

Redis holds hints and presence, never the truth, so a request must not wait for it: sockets give
up after half a second, and once Redis did not answer, everybody is told so at once for a second
instead of finding out one by one.
"""

import logging
import time
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

# What "Redis is away" looks like: catch this, never a wrong command of our own.
AWAY = (
    redis.ConnectionError,
    redis.TimeoutError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.OutOfMemoryError,
    OSError,
)
FAILURES = (redis.RedisError, OSError)  # those, and what Redis refuses to do

SOCKET_SECONDS = 0.5
BREAK_SECONDS = 1.0


@cache
def client() -> redis.Redis:
    """The process's client: thread-safe, one pool. Its calls raise one of AWAY."""
    return redis.Redis(connection_pool=make_pool(settings.REDIS_URL))


class FailFastPool(redis.ConnectionPool):
    """Hands out no connection for BREAK_SECONDS after one could not be had or was lost."""

    unavailable_until = 0.0

    def get_connection(self, *args, **kwargs):
        if time.monotonic() < self.unavailable_until:
            raise redis.ConnectionError("Redis did not answer a moment ago")
        try:
            return super().get_connection(*args, **kwargs)
        except AWAY as error:
            self.pause(error)
            raise

    def release(self, connection):
        # redis-py hangs up when an answer does not come in time.
        if not connection.is_connected:
            self.pause("connection lost")
        super().release(connection)

    def pause(self, why):
        if time.monotonic() >= self.unavailable_until:
            logger.warning("Redis is away: %s", why)
        self.unavailable_until = time.monotonic() + BREAK_SECONDS


def make_pool(url: str) -> FailFastPool:
    # No retries: a hint is not worth a second wait. RESP2: with RESP3, redis-py may skip its check
    # that a pooled connection is still alive, and the first command after a restart is lost.
    return FailFastPool.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=SOCKET_SECONDS,
        socket_connect_timeout=SOCKET_SECONDS,
    )
