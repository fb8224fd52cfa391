"""Waking a background task after commit. Only a wake-up: the sweep finds what this loses."""

import logging
import threading
import time

from django.db import transaction

logger = logging.getLogger(__name__)
BREAK_SECONDS = 2
_broken_until = 0.0
_lock = threading.Lock()


def enqueue_on_commit(task, *arguments):
    transaction.on_commit(lambda: wake(task, arguments), robust=True)


def wake(task, arguments):
    """Never raises and never waits long: the row is committed, the broker may be away."""
    global _broken_until
    if time.monotonic() < _broken_until:
        return
    try:
        task.apply_async(arguments, retry=False, expires=600)
    except Exception as error:  # kombu and redis raise many kinds for "away"
        with _lock:
            _broken_until = time.monotonic() + BREAK_SECONDS
        logger.warning("broker away, the sweep will find it: %s", error)
