"""Check that these servers respond and are new enough. Run by the environment's Python.

Only for addresses from the environment; the versions of our own servers are known.
"""

import os
import sys

import psycopg
import redis


def ask_postgres(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        reason = " ".join(str(error).split()).rstrip(".")
        sys.exit(f"DATABASE_URL doesn't work: {reason}. Correct or unset it.")
    if version < 150000:
        sys.exit(f"DATABASE_URL leads to PostgreSQL {version // 10000}; 15 or newer is needed.")


def ask_redis(url: str) -> None:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            version = client.info("server")["redis_version"]
    except (redis.RedisError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        sys.exit(f"REDIS_URL doesn't work: {reason}. Correct or unset it.")
    if tuple(map(int, version.split(".")[:2])) < (6, 2):
        sys.exit(f"REDIS_URL leads to Redis {version}; 6.2 or newer is needed.")


ask_postgres(os.environ["DATABASE_URL"])
ask_redis(os.environ["REDIS_URL"])
