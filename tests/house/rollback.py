"""Undo changes, so that a test can try many things with the same cast."""

from contextlib import contextmanager

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from messagehub.lib import redis


@contextmanager
def rolled_back():
    """Undo all changes made inside, in PostgreSQL and in Redis."""
    kept = redis_contents()
    with transaction.atomic():
        yield
        # A view that fell over a database error has said so in its answer.
        if connection.connection.info.transaction_status != TransactionStatus.INERROR:
            # Foreign keys are deferred, so make them fail here and not only at a commit.
            connection.check_constraints()
        transaction.set_rollback(True)
    restore_redis(kept)


def redis_contents():
    client = redis.client()
    keys = client.keys()
    return [(key, max(client.pttl(key), 0), client.dump(key)) for key in keys]


def restore_redis(kept):
    pipeline = redis.client().pipeline()
    pipeline.flushdb()
    for key, lifetime, content in kept:
        pipeline.restore(key, lifetime, content)
    pipeline.execute()
