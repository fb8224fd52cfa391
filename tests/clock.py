"""A clock that a test can set, stop and advance."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import process_time

import time_machine


class Clock:
    """All clocks of this process. PostgreSQL and Redis keep their own time."""

    def __init__(self, coordinates):
        self._coordinates = coordinates

    def set(self, moment):
        """Set the time and keep running."""
        self._coordinates.move_to(moment, tick=True)

    def stop_at(self, moment):
        """Set the time and stop."""
        self._coordinates.move_to(moment, tick=False)

    def advance(self, **span):
        self._coordinates.shift(timedelta(**span))


@contextmanager
def movable_clock():
    with time_machine.travel(datetime.now(UTC), tick=True) as coordinates:
        yield Clock(coordinates)


def takes_less_than(seconds, run):
    """Return whether one of three runs takes less processor time.

    What a busy host withholds from a virtual machine may count as processor time of its processes.
    """

    def duration():
        began = process_time()
        run()
        return process_time() - began

    return any(duration() < seconds for _ in range(3))
