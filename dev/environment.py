"""Create the virtual environment if it is missing or broken, and install pinned requirements."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from .checkout import REQUIREMENTS, ROOT, VENV, VENV_PYTHON, one_at_a_time
from .console import say, show_progress
from .errors import UserError

ORDER = ("base", "local", "dev")  # requirements files; each holds the ones before it
STAMP = VENV / "installed.json"


def ensure(wanted: str) -> None:
    """Make or update .venv; `wanted`: a file of requirements/, which includes those before it."""
    with one_at_a_time():
        stamp = _usable_stamp()
        if stamp is None:
            _create()
            stamp = {}
        requirements = REQUIREMENTS / f"{wanted}.txt"
        if stamp.get(wanted) == _digest(requirements):
            return
        install(requirements)
        done = {name: _digest(REQUIREMENTS / f"{name}.txt") for name in _covered_by(wanted)}
        _save({**stamp, **done})


def install(requirements: Path, *options: str) -> None:
    """Install pinned wheels and show the progress. Only wheels, so that no compiler is needed."""
    count = sum("==" in line for line in requirements.read_text().splitlines())
    say(f"Installing {requirements.relative_to(ROOT)} ...")
    command = [VENV_PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--only-binary=:all:", "--no-compile", "--no-input", "--progress-bar=off"]
    command += ["--disable-pip-version-check", "--root-user-action=ignore", *options]
    pip = subprocess.Popen(
        [*command, "-r", requirements],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
    )
    try:
        error = _follow(pip, count)
    except BaseException:
        pip.terminate()
        raise
    if pip.wait():
        raise UserError(f"The dependencies can't be installed: {error} Then run it again.")


def _follow(pip: subprocess.Popen, count: int) -> str:
    done, errors = 0, []
    for line in pip.stdout:
        if line.startswith("Collecting "):
            done += 1
            show_progress(f"  {done} of {count}  {line.split()[1]}")
        elif line.startswith("Installing collected"):
            show_progress("  unpacking ...")
        elif "ERROR:" in line:
            errors.append(line.replace("ERROR:", "").strip().rstrip("."))
    show_progress("")
    return _advice(errors)


def _advice(errors: list[str]) -> str:
    text = " ".join(errors)
    if "from versions: none" in text:
        return f"{errors[0]}. Is the package index within reach, and is this Python 3.11 to 3.14?"
    return f"{errors[-1] if errors else 'pip failed'}. Is the package index within reach?"


def _usable_stamp() -> dict | None:
    """Return what is installed, or None if .venv is missing, half-made, moved or damaged."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return None
    if (stamp["python"], stamp["at"]) != (_python_version(), str(VENV)):
        return None
    missing = next((file for file in stamp["files"] if not os.path.exists(VENV / file)), None)
    if missing:
        say(f"The environment is broken (.venv/{missing} is missing): making it again.")
        return None
    return stamp


def _create() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        version = _python_version()
        raise UserError(
            f"This Python can't make virtual environments (no ensurepip): "
            f"apt-get install python{version}-venv (Debian, Ubuntu), then run it again."
        )
    say(f"Making .venv with Python {_python_version()} ...")
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
        venv.create(VENV, with_pip=True, symlinks=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise UserError(f".venv can't be made: {error}. Delete it and run this again.") from None


def _covered_by(wanted: str) -> list[str]:
    return list(ORDER[: ORDER.index(wanted) + 1])


def _save(stamp: dict) -> None:
    """Write the stamp last, because an environment without it counts as half-made."""
    stamp |= {"python": _python_version(), "at": str(VENV), "files": _installed_files()}
    new = STAMP.with_suffix(".new")
    new.write_text(json.dumps(stamp))
    new.replace(STAMP)


def _installed_files() -> list[str]:
    site = next(VENV.glob("lib/python*/site-packages")).relative_to(VENV)
    files = ["bin/python"]
    for record in (VENV / site).glob("*.dist-info/RECORD"):
        names = [line.split(",")[0] for line in record.read_text().splitlines()]
        files += [str(site / name) for name in names if name.endswith((".py", ".so"))]
    return files


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _python_version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"
