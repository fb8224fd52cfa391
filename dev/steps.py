"""Run the named steps of `make test`, each in a process without the user's own settings."""

import os
import shlex
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from . import signals
from .checkout import BYTECODE, ROOT, VENV_PYTHON
from .console import say
from .errors import UserError
from .results import failures

# Settings of the developer's own MessageHub must not reach the tests.
OURS = [
    "LOCAL",
    "DEMO",
    "DEBUG",
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "DATA_DIR",
    "STATIC_ROOT",
    "FILE_STORAGE",
    "MAX_FILE_MB",
    "UPLOADS_GB_A_DAY",
    "VISITORS_PER_ADDRESS",
    "VISITORS_PER_INBOX",
    "CAPTCHA",
    "SIGNUP",
    "NEW_WORKSPACES_A_DAY",
    "INVITATIONS_A_DAY",
    "ACCOUNT_EMAILS_A_DAY",
    "SITE_URL",
    "PORT",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "EMAIL_WEBHOOK_SECRET",
    "EMAIL_LEASE",
    "DEFAULT_FROM_EMAIL",
    "WSGI_THREADS",
    "DB_POOL_MAX",
    "LOG_LEVEL",
    "PACE",
    "BEHIND_PROXY",
    "DJANGO_SETTINGS_MODULE",
]


class Steps:
    """Runs every step, so that one run shows everything that is wrong."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def take(self, name: str, *command: str, settings: dict[str, str] | None = None) -> None:
        self.take_one(Step(name, command, settings))

    def take_one(self, step: "Step") -> None:
        with step:
            self.end(step)

    def take_together(self, first: "Step", *others: "Step") -> None:
        """Run steps side by side; the others' output follows when the first has ended."""
        with ExitStack() as files, ExitStack() as running:
            for step in others:
                step.output = files.enter_context(tempfile.TemporaryFile("w+"))
            for step in (first, *others):
                running.enter_context(step)
                threading.Thread(target=step.wait, daemon=True).start()  # its clock
            self.end(first)
            for step in others:
                step.wait()
                step.output.seek(0)
                say(step.output.read())
                self.end(step)

    def end(self, step: "Step") -> None:
        code = step.wait()
        if code:
            self.failed.append("\n  ".join([step.name, *failures(step.junit)]))
        say(f"== {step.name}: {'FAILED' if code else 'ok'} ({step.seconds:.1f} s)")

    def conclude(self) -> None:
        if self.failed:
            raise UserError("\n" + "\n".join(f"FAILED: {each}" for each in self.failed))
        say("\nAll is well.")


class Step:
    """A command that runs in a process of its own, which ends with the step.

    junit: where the command writes its results as JUnit XML, for a step of many tests.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        settings: dict[str, str] | None = None,
        junit: Path | None = None,
    ):
        self.name, self.command, self.settings = name, command, settings or {}
        self.junit = junit
        self.output: IO[str] | None = None
        self.seconds = 0.0
        self.niceness = 0
        self.program: Path = VENV_PYTHON

    def __enter__(self) -> "Step":
        say(f"\n== {self.name}: {shlex.join(self.command)}")
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [self.program, *self.command],
            cwd=ROOT,
            env={**_clean_environment(), **BYTECODE, **self.settings},
            stdout=self.output,
            stderr=self.output and subprocess.STDOUT,
            preexec_fn=signals.end_with_parent(signals.signal.SIGTERM),
        )
        if self.niceness:
            os.setpriority(os.PRIO_PROCESS, self.process.pid, self.niceness)
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()

    def wait(self) -> int:
        code = self.process.wait()
        if not self.seconds:
            self.seconds = time.monotonic() - self.began
        return code


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS}
