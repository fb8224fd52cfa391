"""Undo changes, so that a test can try many things with the same cast."""

from contextlib import contextmanager

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from messagehub.lib import redis


@contextmanager
def rolled_back():
    """Undo all changes made inside, in PostgreSQL and in Redis."""
    kept = redis_contents()
    writes = Writes()
    with transaction.atomic():
        with connection.execute_wrapper(writes):
            yield
        # A view that fell over a database error has said so in its answer.
        if (
            writes.happened
            and connection.connection.info.transaction_status != TransactionStatus.INERROR
        ):
            # Foreign keys are deferred, so make them fail here and not only at a commit.
            connection.check_constraints()
        transaction.set_rollback(True)
    restore_redis(kept)


READS = ("SELECT", "SAVEPOINT", "RELEASE")
WRITING_FUNCTION = "inbox_store_"  # called by a SELECT


class Writes:
    """Notice whether a statement that may write runs."""

    def __init__(self):
        self.happened = False

    def __call__(self, execute, sql, params, many, context):
        sql_text = str(sql)
        self.happened |= not sql_text.startswith(READS) or WRITING_FUNCTION in sql_text
        return execute(sql, params, many, context)


def redis_contents():
    client = redis.client()
    keys = client.keys()
    pipeline = client.pipeline(transaction=False)
    for key in keys:
        pipeline.pttl(key).dump(key)
    found = iter(pipeline.execute())
    return [(key, max(next(found), 0), next(found)) for key in keys]


def restore_redis(kept):
    pipeline = redis.client().pipeline()
    pipeline.flushdb()
    for key, lifetime, content in kept:
        pipeline.restore(key, lifetime, content)
    pipeline.execute()
