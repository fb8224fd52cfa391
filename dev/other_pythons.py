"""Find the oldest and the newest supported Python on this machine, besides the one in .venv.

`make test` runs a part of the tests with them too, so that both ends of what we support are tried.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from operator import itemgetter
from pathlib import Path

from .checkout import REQUIREMENTS, ROOT, one_at_a_time
from .console import say
from .errors import UserError

OLDEST, NEWEST = (3, 11), (3, 14)  # minor versions that we support (pyproject.toml)
ASK = "import json, sys, ensurepip; print(json.dumps(sys.version_info[:2]))"
PYENV = "~/.pyenv/versions"


def find() -> list[tuple[str, tuple[int, int]]]:
    """Return (path, version) of the oldest and of the newest, unless this Python is as old or new.

    Of two with the same version the distribution's is taken.
    """
    found = [(path, version) for path in _candidates() if (version := _version(path))]
    supported = [each for each in found if OLDEST <= each[1] <= NEWEST]
    ours = sys.version_info[:2]
    older = [each for each in supported if each[1] < ours]
    newer = [each for each in supported if each[1] > ours]
    oldest = [min(older, key=itemgetter(1))] if older else []
    newest = [max(newer, key=itemgetter(1))] if newer else []
    return oldest + newest


def environment(python: str, version: tuple[int, int]) -> Path:
    """Make an environment with all requirements unless there is one, and return its Python."""
    directory = ROOT / f".venv-{'.'.join(map(str, version))}"
    stamp, requirements = directory / "installed", REQUIREMENTS / "dev.txt"
    digest = hashlib.sha256(requirements.read_bytes() + python.encode()).hexdigest()
    with one_at_a_time():
        if not stamp.exists() or stamp.read_text() != digest:
            say(f"Making {directory.name} ...")
            shutil.rmtree(directory, ignore_errors=True)
            _run(python, "-m", "venv", str(directory))
            pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
            pip += ["--only-binary=:all:", "--no-compile", "--disable-pip-version-check"]
            _run(directory / "bin" / "python", *pip, "-r", str(requirements))
            stamp.write_text(digest)
    return directory / "bin" / "python"


def _candidates() -> list[str]:
    names = [f"python3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
    distribution = [path for name in names if os.path.exists(path := f"/usr/bin/{name}")]
    on_path = [path for name in names if (path := shutil.which(name))]
    return [*distribution, *on_path, *map(str, Path(PYENV).expanduser().glob("3.*/bin/python3"))]


def _version(python: str) -> tuple[int, int] | None:
    """Return the minor version, or None if it doesn't start or can't create environments."""
    answer = subprocess.run([python, "-c", ASK], capture_output=True, text=True, check=False)
    return tuple(json.loads(answer.stdout)) if answer.returncode == 0 else None


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
