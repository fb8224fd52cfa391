"""Test workers share one Redis server: each takes a database of its own.

pytest loads this module with `-p`, before anything reads the settings; processes that a test
starts inherit the address.
"""

import os

import redis

SHARED = "?db=0"  # as `make test` gives the address; any other one is used as it is
DATABASES = 511  # beside the first, which has the counter (dev/redis.py)


def take_database(address: str) -> str:
    """Return the address of the next database, emptied."""
    counter = redis.Redis.from_url(address)
    number = 1 + counter.incr("test-workers") % DATABASES
    address = address.replace(SHARED, f"?db={number}")
    redis.Redis.from_url(address).flushdb()
    return address


# A worker inherits from its controller, which has taken a database before it.
shared = os.environ.setdefault("SHARED_REDIS_URL", os.environ.get("REDIS_URL", ""))
if shared.endswith(SHARED):
    os.environ["REDIS_URL"] = take_database(shared)
