"""The clock of a test: set to a moment, stopped, or moved on."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine


class Clock:
    """Every clock of this process; PostgreSQL and Redis keep their own time."""

    def __init__(self, coordinates):
        self._coordinates = coordinates

    def set(self, moment):
        """Go on from this moment."""
        self._coordinates.move_to(moment, tick=True)

    def stop_at(self, moment):
        """Show this moment until the clock is set again."""
        self._coordinates.move_to(moment, tick=False)

    def advance(self, **span):
        self._coordinates.shift(timedelta(**span))


@contextmanager
def movable_clock():
    with time_machine.travel(datetime.now(UTC), tick=True) as coordinates:
        yield Clock(coordinates)
