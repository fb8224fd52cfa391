"""Name the folders of this checkout."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
# Python keeps compiled modules here for every process that we start, even if the user's settings
# forbid it: compiling everything again takes most of a start, and 6 MiB in each process.
BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(VENV / "bytecode")}


def data_directory() -> Path:
    return (ROOT / (os.environ.get("DATA_DIR") or ".data")).absolute()


@contextmanager
def one_at_a_time(directory: Path = ROOT) -> Iterator[None]:
    """Keep `make run` and `make test` from building an environment at the same time."""
    lock = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
