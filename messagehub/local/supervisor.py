"""Keeps the parts running: starts again what dies, stops everything when asked."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from .console import say
from .part import Part
from .trouble import Trouble

LOOK_EVERY = 0.2  # seconds
CALM = 60  # seconds after which earlier deaths are forgotten
MOST_DEATHS = 5  # within that time
FIRST_WAIT = 0.25  # seconds; doubled each time


class Supervisor:
    def __init__(self, lock: Path) -> None:
        self.lock = lock
        self.starters: dict[str, Callable[[], None]] = {}
        self.parts: dict[str, Part] = {}
        self.deaths: dict[str, list[float]] = {}
        self.due: dict[str, float] = {}
        self.parent = os.getppid()
        self.identity = lock.stat().st_ino

    def watch(self, part: Part, start: Callable[[], None]) -> None:
        """`start` is called when the part has died; it is running now."""
        self.parts[part.name] = part
        self.starters[part.name] = start
        self.deaths[part.name] = []

    def stay_until(self, done: Callable[[], bool] = lambda: False) -> None:
        """Looks after the parts until `done` says so."""
        while not done():
            self._look()
            time.sleep(LOOK_EVERY)

    def _look(self) -> None:
        if os.getppid() != self.parent:
            raise Trouble("The terminal (or make) that started MessageHub is gone: stopped.")
        if not self._is_still_there():
            raise Trouble(f"{self.lock.parent} was deleted: stopped. To forget data: make reset")
        for name, part in self.parts.items():
            if name in self.due:
                self._start_again(name)
            elif not part.is_running:
                self._note_death(name, part)

    def _is_still_there(self) -> bool:
        try:
            return self.lock.stat().st_ino == self.identity
        except OSError:
            return False

    def _note_death(self, name: str, part: Part) -> None:
        now = time.monotonic()
        self.deaths[name] = [at for at in self.deaths[name] if now - at < CALM] + [now]
        count = len(self.deaths[name])
        if count >= MOST_DEATHS:
            words = f"Its words: {part.log}" if part.log else "What it said stands above"
            raise Trouble(f"{name} does not stay up ({part.how_it_ended()}): stopped. {words}.")
        wait = FIRST_WAIT * 2 ** (count - 1)
        say(f"{name} {part.how_it_ended()}: starting it again.")
        self.due[name] = now + wait

    def _start_again(self, name: str) -> None:
        if time.monotonic() >= self.due[name]:
            del self.due[name]
            self.parts[name].end()  # what it left of its children
            self.starters[name]()
