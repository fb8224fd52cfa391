"""Limit how many threads of a worker send email at the same time: half of them.

A mail server that accepts connections and then stays silent occupies every thread that talks to
it. The other threads go on with sweeps, timers and presence.
"""

import threading
import time

from celery.signals import celeryd_after_setup

PAUSE_SECONDS = 15


class SendSlots:
    """The slots of one process. Without a free slot nothing is lost: the email stays in its row."""

    def __init__(self):
        self.max_sending = 1
        self.pause_seconds = 0
        self._sending = 0
        self._refused_someone = False
        self._paused_until = 0.0
        self._lock = threading.Lock()

    def run(self, function) -> bool:
        """Call the function if a slot is free. Return whether another call found none meanwhile,
        which means that there is more to send.
        """
        if not self._acquire():
            return False
        try:
            function()
        finally:
            refused_someone = self._release()
        return refused_someone

    def _acquire(self):
        with self._lock:
            if self.is_paused:
                return False
            if self._sending >= self.max_sending:
                self._refused_someone = True
                return False
            self._sending += 1
            return True

    def _release(self):
        with self._lock:
            self._sending -= 1
            refused_someone, self._refused_someone = self._refused_someone, False
            return refused_someone

    def pause(self):
        """Send nothing for a while because the mail server was unreachable.

        The next email would only wait as long as this one. Due emails stay due and use up none of
        their attempts.
        """
        self._paused_until = time.monotonic() + self.pause_seconds

    @property
    def is_paused(self):
        return time.monotonic() < self._paused_until


send_slots = SendSlots()


@celeryd_after_setup.connect
def configure_slots(instance, **kwargs):
    send_slots.max_sending = max(1, instance.concurrency // 2)
    send_slots.pause_seconds = PAUSE_SECONDS
