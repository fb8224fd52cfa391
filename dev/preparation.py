"""Run migrations and load the demo if they changed since the last start.

Running both commands every time would add five seconds to each start.
"""

import hashlib
from pathlib import Path

from . import management
from .checkout import REQUIREMENTS, ROOT
from .console import say, show_progress
from .services import Services

PREPARED_FROM = ("*/migrations/*.py", "demo/**/*.py", "demo/**/*.json")
APPLIED = "SELECT count(*), max(id) FROM django_migrations"


def prepare(settings: dict[str, str], data: Path, services: Services) -> None:
    stamp, log = data / "prepared", data / "prepare.log"
    state = _state(settings, services)
    if state and stamp.exists() and stamp.read_text() == state:
        return
    if len(services.own) < 2:
        management.probe(settings, log)
    say("Preparing the database ...")
    _run_with_progress("migrate", "--no-input", settings=settings, log=log)
    if settings["DEMO"] == "1":
        _run_with_progress("demo", settings=settings, log=log)
    stamp.write_text(_state(settings, services))


def _run_with_progress(*command: str, settings: dict[str, str], log: Path) -> None:
    def show(line: str) -> None:
        show_progress(f"  {line.strip()}")

    management.manage(*command, environment=settings, log=log, on_line=show)
    show_progress("")


def _state(settings: dict[str, str], services: Services) -> str:
    """Return a digest of what the code needs and what the database has, or "" if unknown."""
    if not services.postgres or not services.redis:
        return ""
    digest = hashlib.sha256((REQUIREMENTS / "base.txt").read_bytes())
    for pattern in PREPARED_FROM:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    applied = services.postgres.ask(APPLIED)
    return f"{digest.hexdigest()} {settings['DEMO']} {applied}" if applied else ""
