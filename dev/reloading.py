"""`make run` restarts web and worker when code or a template changes."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from . import signals
from .checkout import ROOT, VENV_PYTHON
from .console import say
from .errors import UserError
from .process import Process, end_all
from .supervisor import Supervisor

STOPPING = 1.5  # seconds; streams of open pages end at once and connect again


class Reloader:
    """Restarts processes on a change; after a crash it waits for the next one."""

    def __init__(self, supervisor: Supervisor, apps: list[Process], prepare: Callable[[], None]):
        self.supervisor, self.apps, self.prepare = supervisor, apps, prepare
        script = Path(__file__).with_name("watcher.py")
        self.watcher = subprocess.Popen(
            [VENV_PYTHON, "-P", script, ROOT],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            preexec_fn=signals.end_with_parent(signals.signal.SIGTERM),
        )
        os.set_blocking(self.watcher.stdout.fileno(), False)

    def look(self) -> bool:
        """Restart what has changed. Always return False, so that the supervisor continues."""
        if changed := self._changed():
            say(f"{changed} changed: restarting.")
            self._restart()
        for app in self.apps:
            if app.name in self.supervisor.processes and not app.is_running:
                self.supervisor.forget(app)
                say(
                    f"{app.name} {app.how_it_ended()}; its output is above. "
                    "It starts again when you save a file."
                )
        return False

    def stop(self) -> None:
        self.watcher.terminate()
        self.watcher.wait()
        self.watcher.stdout.close()

    def _changed(self) -> str:
        lines = (self.watcher.stdout.read() or b"").decode().splitlines()
        return lines[-1] if lines else ""

    def _restart(self) -> None:
        for app in self.apps:
            self.supervisor.forget(app)
        end_all(self.apps, STOPPING)
        try:
            self.prepare()
        except UserError as error:
            say(f"{error}\nEverything starts again when you save a file.")
            return
        for app in self.apps:
            app.start()
            self.supervisor.watch(app)
