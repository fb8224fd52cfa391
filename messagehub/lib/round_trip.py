from contextlib import contextmanager

from django.db import connection


@contextmanager
def one_round_trip():
    """Send the statements inside to PostgreSQL together, inside a transaction.

    Each still sees what was committed before it began, so a read after a lock is as fresh as one in
    its own round trip. The first fetch waits for the results, or else the end of the block, where
    an error is raised. Until then no statement knows how many rows it has changed, so nothing that
    asks for them belongs inside: Model.save(), update(), delete(), the cache.
    """
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
