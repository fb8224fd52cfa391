"""Enqueue background tasks after the commit. The periodic sweep finds what gets lost here."""

import logging
import threading
import time

from django.db import transaction

logger = logging.getLogger(__name__)
BREAK_SECONDS = 2
_unavailable_until = 0.0
_lock = threading.Lock()


def enqueue_on_commit(task, *arguments):
    transaction.on_commit(lambda: enqueue(task, arguments), robust=True)


def enqueue(task, arguments):
    """Enqueue without raising or waiting long, because the row is committed already."""
    global _unavailable_until
    if time.monotonic() < _unavailable_until:
        return
    try:
        task.apply_async(arguments, retry=False, expires=600)
    except Exception as error:  # kombu and redis raise many kinds for an unavailable broker
        with _lock:
            _unavailable_until = time.monotonic() + BREAK_SECONDS
        logger.warning("broker unavailable, the sweep will run the task: %s", error)
