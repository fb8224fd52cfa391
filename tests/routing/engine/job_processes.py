"""Run jobs in several processes at once, each with its own connections."""

import multiprocessing
import os
import threading
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import forkserver
from unittest.mock import patch

from tests.processes import PATIENCE, process_environment
from tests.routing.engine.jobs import READY, work


@cache
def prepared_processes():
    """Return a context whose processes are forked from one that has already loaded the product."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["messagehub.wsgi", "tests.routing.engine.jobs"])
    with patch.dict(os.environ, process_environment()):
        forkserver.ensure_running()
    return context


class JobProcess:
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
            end.close()  # the process has its own copy, and closing that ends the pipe
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

    def finish(self):
        """Wait for its end and return what it reported. Fail if it failed."""
        self.process.join(PATIENCE)
        assert self.process.exitcode == 0
        self.listener.join()
        return self.done

    def kill(self):
        """Kill it in the middle of its work, and return what it had reported."""
        self.process.kill()
        self.process.join()
        self.listener.join()
        return self.done


@contextmanager
def at_once(*processes, before=lambda: None):
    """Start the jobs together once all are ready. before: called just before that."""
    try:
        for process in processes:
            process.wait_until_ready()
        before()
        for process in processes:
            process.begin()
        yield processes
    finally:
        for process in processes:
            process.process.kill()
            process.process.join()
            process.signal.close()


def run_at_once(*processes, before=lambda: None):
    with at_once(*processes, before=before):
        for process in processes:
            process.finish()
