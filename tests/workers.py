"""Give each test worker its own database on the shared Redis server.

pytest loads this module with `-p` before anything reads the settings. Processes that a test
starts inherit the URL.
"""

import os

import redis

SHARED = "?db=0"  # the URL that `make test` sets; any other URL is used unchanged
DATABASES = 511  # in addition to the first, which has the counter


def take_database(address: str) -> str:
    """Return the URL of the next database, after flushing it."""
    counter = redis.Redis.from_url(address)
    number = 1 + counter.incr("test-workers") % DATABASES
    address = address.replace(SHARED, f"?db={number}")
    redis.Redis.from_url(address).flushdb()
    return address


# A worker inherits from its controller, which has taken a database before it.
shared = os.environ.setdefault("SHARED_REDIS_URL", os.environ.get("REDIS_URL", ""))
if shared.endswith(SHARED):
    os.environ["REDIS_URL"] = take_database(shared)
