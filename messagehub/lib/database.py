"""PostgreSQL that falls silent: a page gives up after a while instead of waiting for ever.

A frozen server, or one behind a line that swallows everything, refuses nothing: the limits that
PostgreSQL itself offers for a statement are kept by the server, so they don't help.
"""

from contextlib import contextmanager, suppress
from contextvars import ContextVar

import psycopg

# Seconds to wait for one answer; None, outside of requests, as long as it takes.
_patience: ContextVar[float | None] = ContextVar("query_timeout", default=None)


@contextmanager
def query_timeout(seconds: float):
    """Raise OperationalError for a statement that is not answered within so many seconds."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


class Connection(psycopg.Connection):
    """A connection that is closed once an answer did not come in time."""

    def wait(self, gen, *args, **kwargs):
        seconds = _patience.get()
        if seconds is None or args or "timeout" in kwargs:
            return super().wait(gen, *args, **kwargs)
        try:
            return super().wait(gen, timeout=seconds, **kwargs)
        except psycopg.errors._WaitTimeout:
            # A server that only waits, for a lock perhaps, must not finish what we gave up.
            with suppress(psycopg.Error):
                self.cancel_safe(timeout=1)
            self.close()  # what comes later would be taken for the answer to the next statement
            raise psycopg.OperationalError(f"no answer within {seconds} s") from None
