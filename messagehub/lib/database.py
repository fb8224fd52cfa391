"""Give up on a PostgreSQL server that falls silent, instead of waiting for ever.

A frozen server, or one behind a network that drops everything, refuses nothing. PostgreSQL's own
statement limits don't help because the server enforces them.
"""

from contextlib import contextmanager, suppress
from contextvars import ContextVar

import psycopg
from django.db import connection

# Seconds to wait for the result of one statement. None, outside of requests: as long as it takes.
_timeout: ContextVar[float | None] = ContextVar("query_timeout", default=None)


@contextmanager
def query_timeout(seconds: float):
    """Raise OperationalError for a statement that isn't answered within this many seconds."""
    token = _timeout.set(seconds)
    try:
        yield
    finally:
        _timeout.reset(token)


@contextmanager
def planned_for_its_values():
    """Plan the statements for the values they have, instead of once for any.

    PostgreSQL plans a prepared statement without its values if that seems as good. For a list that
    is filtered by a rare value, it would then read what a common one needs.
    """
    connection.ensure_connection()
    driver = connection.connection
    threshold, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = threshold


# PostgreSQL expects a page to be slow to find, as on a disk with moving heads. It would then rather
# read most of the history in its order than the few rows that an index finds.
PAGES_ARE_CHEAP = "SET random_page_cost = 1.1"


class Connection(psycopg.Connection):
    """A connection that plans for pages in memory, and closes itself if a statement times out."""

    @classmethod
    def connect(cls, *args, **kwargs):
        connection = super().connect(*args, **kwargs)
        # Not in the connection's options, which PgBouncer refuses.
        connection.execute(PAGES_ARE_CHEAP)
        return connection

    def wait(self, gen, *args, **kwargs):
        seconds = _timeout.get()
        if seconds is None or args or "timeout" in kwargs:
            return super().wait(gen, *args, **kwargs)
        try:
            return super().wait(gen, timeout=seconds, **kwargs)
        except psycopg.errors._WaitTimeout:
            # A server that was only waiting, perhaps for a lock, must not finish the statement
            # that we gave up on.
            with suppress(psycopg.Error):
                self.cancel_safe(timeout=1)
            # A late result would be taken for the result of the next statement.
            self.close()
            raise psycopg.OperationalError(f"no answer within {seconds} s") from None
