"""Several processes at once, each with connections of its own: tests.routing.engine.hand."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager

from tests.processes import kill, process_environment
from tests.routing.engine.hand import READY


class Hand:
    def __init__(self, job, **arguments):
        self.done = []  # what it has said so far
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.routing.engine.hand", job, json.dumps(arguments)],
            env=process_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.listener = threading.Thread(target=self.listen)

    def wait_until_ready(self):
        assert self.process.stdout.readline().strip() == READY
        self.listener.start()

    def begin(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def listen(self):
        for line in self.process.stdout:
            self.done.append(line.rstrip("\n"))

    @property
    def is_busy(self):
        return self.process.poll() is None

    def ends(self, seconds=60):
        """All it did. What went wrong in it goes wrong here."""
        assert self.process.wait(seconds) == 0
        self.listener.join()
        return self.done

    def dies(self):
        """In the middle of what it does."""
        kill(self.process)
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
            if hand.is_busy:
                kill(hand.process)
            hand.process.stdin.close()
            hand.process.stdout.close()
