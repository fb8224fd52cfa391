"""Try something out with one cast, again and again: afterwards all is as it was before."""

from contextlib import contextmanager

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from messagehub.lib import redis


@contextmanager
def rolled_back():
    """Undo what happens inside, in PostgreSQL and in Redis."""
    kept = redis_contents()
    with transaction.atomic():
        yield
        # A view that fell over a database error has said so in its answer.
        if connection.connection.info.transaction_status != TransactionStatus.INERROR:
            # Foreign keys are deferred: what would fail at the commit has to fail here.
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
