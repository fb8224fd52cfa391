from contextlib import contextmanager

from django.db import connection


@contextmanager
def one_round_trip():
    """Send the statements inside to PostgreSQL together, inside a transaction.

    Each still sees what was committed before it began, so a read behind a lock is as fresh as ever.
    The results are waited for at the first fetch, or at the end, where an error is raised.
    """
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
