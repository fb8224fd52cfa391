"""How many threads of a worker send mail at once: half of them.

A mail server that takes calls and says nothing holds every thread that asks it. The others go on
with sweeps, timers and presence.
"""

import threading
import time

from celery.signals import celeryd_after_setup

BREAK_SECONDS = 15


class SendSlots:
    """Of one process. Who finds no place has lost nothing: the mail is a row and waits."""

    def __init__(self):
        self.most = 1
        self.break_seconds = 0
        self._sending = 0
        self._was_full = False
        self._break_until = 0.0
        self._lock = threading.Lock()

    def send(self, function) -> bool:
        """Calls it if there is a place. Returns whether somebody came meanwhile and found none:
        there is more to send."""
        if not self._enter():
            return False
        try:
            function()
        finally:
            was_full = self._leave()
        return was_full

    def _enter(self):
        with self._lock:
            if self.have_a_break:
                return False
            if self._sending >= self.most:
                self._was_full = True
                return False
            self._sending += 1
            return True

    def _leave(self):
        with self._lock:
            self._sending -= 1
            was_full, self._was_full = self._was_full, False
            return was_full

    def pause(self):
        """The mail server could not be reached: the next mail would only wait as long as this one.
        What is due stays due, and has used up none of its attempts."""
        self._break_until = time.monotonic() + self.break_seconds

    @property
    def have_a_break(self):
        return time.monotonic() < self._break_until


send_slots = SendSlots()


@celeryd_after_setup.connect
def configure_slots(instance, **kwargs):
    send_slots.most = max(1, instance.concurrency // 2)
    send_slots.break_seconds = BREAK_SECONDS
