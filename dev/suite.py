"""Run `make test`, `make quick` and `make soak`: linters, checks and lanes of tests.

A lane is one pytest call. Lanes run beside each other: unit tests compute, browsers and killed
processes mostly wait. Playwright leaves an event loop behind, beside which Django refuses its
database, so browser tests need a process of their own in any case.
"""

import os
import secrets
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import browser, environment, other_pythons, standing
from .checkout import ROOT, VENV_PYTHON
from .console import say
from .results import timings
from .services import Services
from .steps import Step, Steps

PROCESSES = "processes"  # the marker of tests that start, kill or time processes
NO_PROCESSES = f"-mnot {PROCESSES}"
PROCESS_TESTS = (  # folders and modules whose tests are all of that kind
    "tests/faults/",
    "tests/live/",
    "tests/dev/",
    "tests/house/test_health.py",
    "tests/house/test_settings.py",
    "tests/outbox/test_unconfirmed.py",
    "tests/outbox/test_outbox.py",
    "tests/outbox/test_webhooks.py",
    "tests/routing/engine/test_races.py",
)
BROWSERS = "tests/browser"
BROWSER_WORKERS = 2  # each has a stack and a Chromium; more of them would wait for the cores
SOAK_ROUNDS = 3
LOW_PRIORITY = 10  # niceness of the lane that computes, so that waiting lanes wake in time
CONNECTIONS = "24"  # for tests in which twenty threads write at the same time
# Imports, forms, emails, asynchronous code and HTTP of both sides: what another Python might break.
# Limits, races and random stories are left out, because the database decides what they test.
OTHER_PYTHONS_RUN = [
    "tests/house/test_imports.py",
    "tests/accounts/test_accounts.py",
    "tests/notifications/test_mention_emails.py",
    "tests/outbox/test_errors.py",
    "tests/live/test_wsgi_adapter.py",
    "tests/widget/test_api.py",
    "tests/widget/test_plain_messages.py",
]
OTHER_PYTHONS_SKIP = [
    "tests/accounts/test_accounts.py::test_guessing_passwords_is_stopped_even_without_redis",
    "tests/widget/test_api.py::test_too_many_messages_are_refused",
    "tests/widget/test_plain_messages.py::test_a_hundred_at_once_are_stored_once_each_and_in_order",
    "tests/widget/test_plain_messages.py::test_any_story_ends_alike_on_both_paths",
]
SCRIPTS = (
    *("static", "tests/static"),
    *("widget/loader.js", "widget/launcher.js"),
    *("widget/launcher.css", "widget/chat.css", "widget/bubble.css"),
)
DATABASE_TEMPLATE = (
    "import django; django.setup(); from tests.database import create_template; create_template()"
)
IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint(['--no-logo'])"


def lint() -> None:
    environment.ensure("dev")
    steps = Steps()
    steps.take_together(*_lint())
    steps.conclude()


def check() -> None:
    environment.ensure("dev")
    steps = Steps()
    with _throw_away_services() as settings:
        steps.take_together(*_checks(settings))
    steps.conclude()


def test() -> None:
    """Run everything, or with ARGS those tests alone, on the servers that stay up."""
    environment.ensure("dev")
    chosen, steps = _chosen(), Steps()
    found = browser.settings()
    if chosen:
        with _standing_services() as settings:
            steps.take_one(_pytest("tests", [*chosen], {**settings, **found}))
    else:
        with _throw_away_services() as settings:
            preparation = (_collect(settings), _create_database_template(settings))
            steps.take_together(*preparation, *_lint(), *_checks(settings))
            lanes = [*_lanes({**settings, **found}), *_other_python_lanes(settings)]
            steps.take_together(*lanes)
            say(timings([lane.junit for lane in lanes]))
    steps.conclude()


def quick() -> None:
    """Run everything but browsers and tests of processes, on the servers that stay up."""
    environment.ensure("dev")
    chosen, steps = _chosen(), Steps()
    with _standing_services() as settings:
        if chosen:
            steps.take_one(_pytest("tests", [*_left_out(chosen), *chosen], settings))
        else:
            steps.take_together(_create_database_template(settings), *_lint())
            lane = _unit_tests(settings)
            steps.take_one(lane)
            say(timings([lane.junit]))
    steps.conclude()


def soak() -> None:
    """Run everything several times with many examples, large races and real clocks."""
    environment.ensure("dev")
    steps, found = Steps(), browser.settings()
    with _throw_away_services() as settings:
        for number in range(SOAK_ROUNDS):
            say(f"\nRound {number + 1} of {SOAK_ROUNDS}")
            lanes = list(_lanes({**settings, **found, "SOAK": "1"}))
            steps.take_together(*lanes)
            say(timings([lane.junit for lane in lanes]))
    steps.conclude()


def _collect(settings: dict[str, str]) -> Step:
    """Compile all tests once, or every worker would do it when all start at the same moment."""
    local = {**settings, "LOCAL": "1", "DEMO": "1"}
    return Step("collect", ("-m", "pytest", "--collect-only", "-qqqq"), local)


def _create_database_template(settings: dict[str, str]) -> Step:
    """Migrate the database that all workers copy, or they would all wait while one of them does."""
    local = {**settings, "LOCAL": "1", "DEMO": "1", "DJANGO_SETTINGS_MODULE": "messagehub.settings"}
    return Step("database of the tests", ("-c", DATABASE_TEMPLATE), local)


def _chosen() -> list[str]:
    return shlex.split(os.environ.get("ARGS", ""))


def _lanes(settings: dict[str, str]) -> Iterator[Step]:
    unit = _unit_tests(settings)
    unit.niceness = LOW_PRIORITY
    yield unit
    yield _pytest("process tests", ["--numprocesses=2", *PROCESS_TESTS], settings)
    browsers = [f"--numprocesses={BROWSER_WORKERS}", "--dist=loadfile", BROWSERS]
    yield _pytest("browser tests", browsers, settings)


def _other_python_lanes(settings: dict[str, str]) -> Iterator[Step]:
    """Run some folders again with the oldest and the newest supported Python that are here."""
    ours = "{}.{}".format(*sys.version_info)
    others = other_pythons.find()
    if not others:
        say(f"\nPython: all tests run with {ours}; no older or newer one is on this machine.")
    for path, version in others:
        name = "{}.{}".format(*version)
        say(f"\nPython: all tests run with {ours}, {', '.join(OTHER_PYTHONS_RUN)} with {name} too.")
        arguments = [*(f"--deselect={test}" for test in OTHER_PYTHONS_SKIP), *OTHER_PYTHONS_RUN]
        lane = _pytest(f"Python {name} tests", arguments, settings)
        lane.command = ("-m", other_pythons.__name__, path, *lane.command)
        lane.niceness = LOW_PRIORITY
        yield lane


def _left_out(chosen: list[str]) -> list[str]:
    """Return the options of `make quick`, which runs tests of processes only where it is told."""
    paths = [argument.partition("::")[0] for argument in chosen]
    is_named = any(Path(ROOT, path).is_file() or path.startswith(PROCESS_TESTS) for path in paths)
    return [f"--ignore={BROWSERS}", *([] if is_named else [NO_PROCESSES])]


def _unit_tests(settings: dict[str, str]) -> Step:
    options = [*_left_out([]), f"--numprocesses={os.cpu_count()}"]
    return _pytest("unit tests", options, settings)


def _pytest(name: str, arguments: list[str], settings: dict[str, str]) -> Step:
    """Return a lane of tests."""
    junit = Path(settings["RESULTS"], f"{name.replace(' ', '-')}.xml")
    local = {**settings, "LOCAL": "1", "DEMO": "1", "DB_POOL_MAX": CONNECTIONS}
    return Step(name, ("-m", "pytest", f"--junitxml={junit}", *arguments), local, junit)


def _lint() -> Iterator[Step]:
    yield Step("lint", ("-m", "ruff", "check", "."))
    yield Step("format", ("-m", "ruff", "format", "--check", "."))
    yield Step("imports", ("-c", IMPORTS))
    yield Step("templates", ("-m", "djlint", "templates", "--lint", "--quiet"))
    yield Step("format of templates", ("-m", "djlint", "templates", "--check", "--quiet"))
    yield _program("scripts", "oxlint", "--deny-warnings", *SCRIPTS)
    yield _program("format of scripts", "oxfmt", "--check", *SCRIPTS)


def _program(name: str, program: str, *arguments: str) -> Step:
    """Return a step that runs a program of the environment that isn't a Python module."""
    step = Step(name, arguments)
    step.program = VENV_PYTHON.with_name(program)
    return step


def _checks(settings: dict[str, str]) -> Iterator[Step]:
    production = {
        **settings,
        "SITE_URL": "https://chat.example.com",
        "SECRET_KEY": secrets.token_urlsafe(60),
    }
    deploy = ("manage.py", "check", "--deploy", "--fail-level=WARNING")
    yield Step("production settings", deploy, production)
    missing = ("manage.py", "makemigrations", "--check", "--dry-run")
    yield Step("migrations", missing, {**settings, "LOCAL": "1", "DEMO": "1"})


@contextmanager
def _throw_away_services() -> Iterator[dict[str, str]]:
    with _temporary_directory() as data:
        run_directory = data / "run"
        run_directory.mkdir()
        services = Services(data, run_directory, throw_away=True)
        try:
            services.start()
            yield {**services.addresses, "DATA_DIR": str(data), "RESULTS": str(data)}
        finally:
            services.stop()


@contextmanager
def _standing_services() -> Iterator[dict[str, str]]:
    addresses = standing.addresses()
    with _temporary_directory() as data:
        yield {**addresses, "DATA_DIR": str(data), "RESULTS": str(data)}


@contextmanager
def _temporary_directory() -> Iterator[Path]:
    data = Path(tempfile.mkdtemp(prefix="messagehub-test-"))
    try:
        yield data
    finally:
        shutil.rmtree(data, ignore_errors=True)
