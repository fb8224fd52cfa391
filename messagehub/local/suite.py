"""`make test`: linters, checks and tests as named steps, on a throw-away PostgreSQL and Redis."""

import os
import secrets
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import browser, environment, signals
from .checkout import ROOT, VENV_PYTHON
from .console import say
from .services import Services
from .trouble import Trouble

# What a person has set for their own MessageHub must not reach the tests.
OURS = [
    "LOCAL",
    "DEMO",
    "DEBUG",
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "DATA_DIR",
    "STATIC_ROOT",
    "VISITORS_PER_ADDRESS",
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
    "BEHIND_PROXY",
    "DJANGO_SETTINGS_MODULE",
]

# On their own: Playwright leaves an event loop behind, beside which Django refuses its database.
BROWSER_TESTS = "tests/browser"
ARROWS = "from importlinter.cli import lint_imports_command as lint; lint(['--no-logo'])"


class Steps:
    """Every step is taken, so that one run tells everything that is wrong."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def take(self, name: str, *command: str, settings: dict[str, str] | None = None) -> None:
        say(f"\n== {name}: {shlex.join(command)}")
        began = time.monotonic()
        step = subprocess.Popen(
            [VENV_PYTHON, *command],
            cwd=ROOT,
            env={**_clean_environment(), **(settings or {})},
            preexec_fn=signals.end_with_parent(signals.signal.SIGTERM),
        )
        try:
            code = step.wait()
        except signals.Stopped:
            step.terminate()
            step.wait()
            raise
        if code:
            self.failed.append(name)
        say(f"== {name}: {'FAILED' if code else 'ok'} ({time.monotonic() - began:.1f} s)")

    def conclude(self) -> None:
        if self.failed:
            raise Trouble(f"\nFAILED: {', '.join(self.failed)}")
        say("\nAll is well.")


def lint() -> None:
    environment.ensure("dev")
    steps = Steps()
    _lint(steps)
    steps.conclude()


def check() -> None:
    environment.ensure("dev")
    steps = Steps()
    with _throw_away_services() as settings:
        _check(steps, settings)
    steps.conclude()


def test() -> None:
    environment.ensure("dev")
    chosen = shlex.split(os.environ.get("ARGS", ""))
    steps = Steps()
    chromium = browser.chromium()
    with _throw_away_services() as settings:
        local = {**settings, "LOCAL": "1", "DEMO": "1", "CHROMIUM": chromium}
        if chosen:  # somebody who asks for one test wants that one
            steps.take("tests", "-m", "pytest", *chosen, settings=local)
        else:
            _lint(steps)
            _check(steps, settings)
            steps.take("tests", "-m", "pytest", f"--ignore={BROWSER_TESTS}", settings=local)
            steps.take("browser tests", "-m", "pytest", BROWSER_TESTS, settings=local)
    steps.conclude()


def _lint(steps: Steps) -> None:
    steps.take("lint", "-m", "ruff", "check", ".")
    steps.take("format", "-m", "ruff", "format", "--check", ".")
    steps.take("arrows", "-c", ARROWS)


def _check(steps: Steps, settings: dict[str, str]) -> None:
    production = {
        **settings,
        "SITE_URL": "https://chat.example.com",
        "SECRET_KEY": secrets.token_urlsafe(60),
    }
    deploy = ("manage.py", "check", "--deploy", "--fail-level=WARNING")
    steps.take("production settings", *deploy, settings=production)
    missing = ("manage.py", "makemigrations", "--check", "--dry-run")
    steps.take("migrations", *missing, settings={**settings, "LOCAL": "1", "DEMO": "1"})


@contextmanager
def _throw_away_services() -> Iterator[dict[str, str]]:
    data = Path(tempfile.mkdtemp(prefix="messagehub-test-"))
    try:
        run_directory = data / "run"
        run_directory.mkdir()
        services = Services(data, run_directory, throw_away=True)
        try:
            services.start()
            yield {**services.addresses, "DATA_DIR": str(data)}
        finally:
            services.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS}
