"""`make test`: linters, checks and tests as named steps, on a throw-away PostgreSQL and Redis."""

import os
import secrets
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import browser, environment
from .services import Services
from .steps import Step, Steps

# Each in a process of its own. Where whole processes are killed, there is much waiting, beside
# which the others can go on. What promises something within a second is tried alone, and so is
# what people wait for; Playwright leaves an event loop behind, beside which Django refuses its
# database.
APART = {
    "faults": ["tests/faults", "tests/routing/engine/test_races.py"],
    "process": ["tests/live", "tests/local", "tests/house/test_health.py"],
    "browser": ["tests/browser"],
}
ARROWS = "from importlinter.cli import lint_imports_command as lint; lint(['--no-logo'])"


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
    found = {"CHROMIUM": chromium, "CHROMIUM_HEADLESS_SHELL": browser.headless_shell(chromium)}
    with _throw_away_services() as settings:
        local = {**settings, **found, "LOCAL": "1", "DEMO": "1"}
        if chosen:  # somebody who asks for one test wants that one
            steps.take_one(_pytest("tests", chosen, local))
        else:
            _lint(steps)
            _check(steps, settings)
            tests, faults, *alone = _lanes(local)
            steps.take_together(tests, faults)
            for lane in alone:
                steps.take_one(lane)
    steps.conclude()


def _lanes(settings: dict[str, str]) -> Iterator[Step]:
    others = [path for paths in APART.values() for path in paths]
    yield _pytest("tests", [f"--ignore={path}" for path in others], settings)
    for number, (name, paths) in enumerate(APART.items(), start=1):
        yield _pytest(f"{name} tests", paths, _apart(settings, name, number))


def _pytest(name: str, arguments: list[str], settings: dict[str, str]) -> Step:
    junit = Path(settings["DATA_DIR"], f"{name.replace(' ', '-')}.xml")
    return Step(name, ("-m", "pytest", f"--junitxml={junit}", *arguments), settings, junit)


def _apart(settings: dict[str, str], name: str, number: int) -> dict[str, str]:
    """The same servers, with another database on each."""
    database, redis = settings["DATABASE_URL"], settings["REDIS_URL"]
    return {
        **settings,
        "DATABASE_URL": database.replace("@/postgres?", f"@/{name}?"),
        "REDIS_URL": redis.replace("?db=0", f"?db={number}"),
        "AWAY_SECONDS": "120",  # for whoever waits that long beside the others (tests/faults)
    }


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
