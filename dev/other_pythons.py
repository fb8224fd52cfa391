"""Find the oldest and the newest supported Python on this machine, besides the one in .venv.

`make test` runs a part of the tests with them too, so that both ends of what we support are tried.
A lane of theirs begins with `python -m dev.other_pythons PYTHON ARGUMENT...`, which makes the
environment while the other lanes run and then becomes that Python.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from operator import itemgetter
from pathlib import Path

from .checkout import REQUIREMENTS, ROOT, VENV_PYTHON, one_at_a_time
from .console import complain, say
from .errors import UserError
from .signals import end_with_parent, signal

OLDEST, NEWEST = (3, 11), (3, 14)  # minor versions that we support (pyproject.toml)
ASK = "import json, sys, ensurepip; print(json.dumps(sys.version_info[:2]))"
PYENV = "~/.pyenv/versions"
# Compiled, but neither the tests nor MessageHub import them.
TOOLS = {"djlint", "greenlet", "grimp", "oxfmt", "oxlint", "playwright", "regex", "ruff"}
OURS = Path(sysconfig.get_path("purelib"))  # where .venv has its packages


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


def environment(python: str) -> Path:
    """Make an environment for the tests unless there is one, and return its Python.

    Compiled packages are installed in it; it finds all others in .venv, as they are the same.
    """
    if (version := _version(python)) is None:
        raise UserError(f"{python} can't make environments.")
    name, requirements = ".".join(map(str, version)), _compiled_requirements()
    directory = ROOT / f".venv-{name}"
    stamp = directory / "installed"
    digest = hashlib.sha256(f"{python} {OURS} {requirements}".encode()).hexdigest()
    directory.mkdir(exist_ok=True)
    with one_at_a_time(directory):
        if not stamp.exists() or stamp.read_text() != digest:
            say(f"Making {directory.name} ...")
            _run(python, "-m", "venv", "--clear", "--without-pip", str(directory))
            [packages] = directory.glob("lib/python*/site-packages")
            wanted = directory / "requirements.txt"
            wanted.write_text(requirements)
            pip = [VENV_PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
            pip += ["--only-binary=:all:", "--no-compile", "--disable-pip-version-check"]
            _run(*pip, f"--python-version={name}", f"--target={packages}", "-r", wanted)
            (packages / "venv.pth").write_text(f"{OURS}\n")
            stamp.write_text(digest)
    return directory / "bin" / "python"


def _compiled_requirements() -> str:
    """Return what requirements/dev.txt pins and can't be taken from .venv."""
    text = (REQUIREMENTS / "dev.txt").read_text()
    pinned = re.findall(r"^\S.*\n(?: .*\n)*", text, re.MULTILINE)
    compiled = [each for each in pinned if not _is_shared(each.partition("==")[0])]
    # The markers say what our Python needs, and the other one may need more.
    return re.sub(r" ; [^\\\n]*", " ", "".join(compiled))


def _is_shared(package: str) -> bool:
    try:
        wheel = metadata.distribution(package).read_text("WHEEL") or ""
    except metadata.PackageNotFoundError:
        return False
    return package in TOOLS or "Root-Is-Purelib: true" in wheel


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
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )
    if done.returncode:
        raise UserError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")


def _become(python: str, *arguments: str) -> None:
    program = str(environment(python))
    os.execv(program, [program, *arguments])


if __name__ == "__main__":
    try:
        _become(*sys.argv[1:])
    except UserError as error:
        complain(str(error))
        sys.exit(1)
