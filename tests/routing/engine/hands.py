"""Several processes at once, each with connections of its own."""

import multiprocessing
import os
import threading
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import forkserver
from unittest.mock import patch

from tests.processes import PATIENCE, process_environment
from tests.routing.engine.hand import READY, work


@cache
def prepared_processes():
    """Processes that are forked from one that has loaded the product already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["messagehub.wsgi", "tests.routing.engine.hand"])
    with patch.dict(os.environ, process_environment()):
        forkserver.ensure_running()
    return context


class Hand:
    def __init__(self, job, **arguments):
        context = prepared_processes()
        self.done = []  # what it has reported so far
        awaits_signal, self.signal = context.Pipe(duplex=False)
        self.reports, reports_here = context.Pipe(duplex=False)
        self.process = context.Process(
            target=work, args=(job, arguments, awaits_signal, reports_here), daemon=True
        )
        self.process.start()
        for end in (awaits_signal, reports_here):
            end.close()  # the process has it: what it leaves is the end of it
        self.listener = threading.Thread(target=self.listen)

    def wait_until_ready(self):
        assert self.reports.poll(PATIENCE), "it is not ready"
        assert self.reports.recv() == READY
        self.listener.start()

    def begin(self):
        self.signal.send("go")

    def listen(self):
        with suppress(EOFError, OSError):  # a killed process may leave half a report
            while True:
                self.done.append(self.reports.recv())

    @property
    def is_busy(self):
        return self.process.is_alive()

    def ends(self):
        """All that it did. What goes wrong in it goes wrong here."""
        self.process.join(PATIENCE)
        assert self.process.exitcode == 0
        self.listener.join()
        return self.done

    def dies(self):
        """In the middle of what it does."""
        self.process.kill()
        self.process.join()
        self.listener.join()
        return self.done


@contextmanager
def at_once(*hands, before=lambda: None):
    """They begin together, when all are ready. before: what happens just then."""
    try:
        for hand in hands:
            hand.wait_until_ready()
        before()
        for hand in hands:
            hand.begin()
        yield hands
    finally:
        for hand in hands:
            hand.process.kill()
            hand.process.join()
            hand.signal.close()


def run_at_once(*hands, before=lambda: None):
    with at_once(*hands, before=before):
        for hand in hands:
            hand.ends()
