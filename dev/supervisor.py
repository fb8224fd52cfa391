"""Watches the processes of `make run`, and stops everything when one can't go on."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from .console import say
from .errors import UserError
from .process import Process

LOOK_EVERY = 0.2  # seconds
CALM = 60  # seconds after which earlier crashes are forgotten
MOST_CRASHES = 5  # within that time
FIRST_WAIT = 0.25  # seconds; doubled after each crash


class Supervisor:
    """Restarts a database that crashes. A crash of our own code stops everything."""

    def __init__(self, lock: Path) -> None:
        self.lock = lock
        self.processes: dict[str, Process] = {}
        self.restarts: dict[str, Callable[[], None]] = {}
        self.crashes: dict[str, list[float]] = {}
        self.due: dict[str, float] = {}
        self.parent = os.getppid()
        self.identity = lock.stat().st_ino

    def watch(self, process: Process, *, restart: Callable[[], None] | None = None) -> None:
        """Watch a running process; without `restart`, its crash ends `stay_until`."""
        self.processes[process.name] = process
        if restart:
            self.restarts[process.name] = restart
            self.crashes[process.name] = []

    def forget(self, process: Process) -> None:
        """Stop watching a process that is about to be stopped on purpose."""
        self.processes.pop(process.name, None)

    def stay_until(
        self, done: Callable[[], bool] = lambda: False, *, look_every: float = LOOK_EVERY
    ) -> None:
        """Watch the processes until `done` returns True."""
        while not done():
            self._look()
            time.sleep(look_every)

    def _look(self) -> None:
        if os.getppid() != self.parent:
            raise UserError("The terminal (or make) that started MessageHub is gone: stopped.")
        if not self._has_data():
            raise UserError(f"{self.lock.parent} was deleted: stopped. To delete data: make reset")
        for name, process in list(self.processes.items()):
            if name in self.due:
                self._restart_when_due(name)
            elif not process.is_running:
                self._handle_crash(name, process)

    def _has_data(self) -> bool:
        try:
            return self.lock.stat().st_ino == self.identity
        except OSError:
            return False

    def _handle_crash(self, name: str, process: Process) -> None:
        output = f"See {process.log}" if process.log else "Its output is above"
        if name not in self.restarts:
            raise UserError(f"{name} {process.how_it_ended()}: stopped. {output}.")
        now = time.monotonic()
        self.crashes[name] = [at for at in self.crashes[name] if now - at < CALM] + [now]
        count = len(self.crashes[name])
        if count >= MOST_CRASHES:
            raise UserError(f"{name} keeps crashing ({process.how_it_ended()}): stopped. {output}.")
        say(f"{name} {process.how_it_ended()}: starting it again.")
        self.due[name] = now + FIRST_WAIT * 2 ** (count - 1)

    def _restart_when_due(self, name: str) -> None:
        if time.monotonic() >= self.due[name]:
            del self.due[name]
            self.processes[name].end()  # also the children it left behind
            self.restarts[name]()
