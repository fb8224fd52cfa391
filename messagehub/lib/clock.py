"""Send the periodic tasks (settings.SWEEPS) from the workers themselves, however many there are.

Each worker runs a clock in a thread. Before a clock sends a task, it claims the task in Redis for
one period, so that only one worker sends it. There is no leader that could be missing: a worker may
be added, stopped or killed at any moment. A new worker doesn't start the periods again, so hourly
tasks run every hour even if workers restart more often.
"""

import logging
import threading
import time

from celery import current_app
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

from messagehub.lib import redis

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0  # after Redis was unavailable
# A sweep that no worker picked up in time is useless, because the next one does its work.
EXPIRES_SECONDS = 30


class Clock:
    def __init__(self):
        self.due_at = dict.fromkeys(settings.SWEEPS, time.monotonic())
        self.stopping = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self.run, name="clock", daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()

    def run(self) -> None:
        pause, is_late = 0.0, False
        while not self.stopping.wait(pause):
            try:
                pause = self.send_due()
                is_late = False
            except Exception as error:  # kombu and redis raise many kinds for an unavailable broker
                if not is_late:
                    logger.warning("periodic tasks are late: %s", error)
                pause, is_late = PAUSE_SECONDS, True

    def send_due(self) -> float:
        """Send what is due and return the seconds until the next one."""
        for task, due_at in self.due_at.items():
            if due_at <= time.monotonic():
                period = settings.SWEEPS[task] / settings.PACE
                taken_for = seconds_taken(task, period)
                if not taken_for:
                    current_app.tasks[task].apply_async(expires=EXPIRES_SECONDS)
                self.due_at[task] = time.monotonic() + (taken_for or period)
        return max(0, min(self.due_at.values()) - time.monotonic())


def seconds_taken(task: str, period: float) -> float:
    """Claim the task and return 0, or how long someone else's claim lasts."""
    key = claim_key(task)
    if redis.client().set(key, 1, px=int(period * 1000), nx=True):
        return 0
    return max(1, redis.client().pttl(key)) / 1000


def claim_key(task: str) -> str:
    return f"clock:{task}"


@worker_ready.connect
def start_clock(**kwargs):
    clock = Clock()
    worker_shutting_down.connect(lambda **kwargs: clock.stop(), weak=False)
    clock.start()
