"""Allow one MessageHub per data directory: lock it, and stop the process that holds it."""

import contextlib
import fcntl
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import process_table
from .errors import UserError
from .process import end_orphans


@contextmanager
def claimed(data: Path, *, patience: float = 3) -> Iterator[Path]:
    """Lock the data directory, end orphans of a killed process, and yield the run directory."""
    run_directory = data / "run"
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        run_directory.mkdir(exist_ok=True)
        lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UserError(
            f"{data} can't be written ({error.strerror}): run this as the user it belongs to."
        ) from None
    try:
        if not process_table.wait_until(lambda: _locked(lock), patience):
            raise UserError(
                f"MessageHub already runs from here (process {_holder(data)}): "
                "stop it with Ctrl-C there, or with: make stop"
            )
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        end_orphans(run_directory)
        yield run_directory
    finally:
        os.close(lock)


def stop(data: Path) -> bool:
    """Stop the MessageHub of this data directory, and what a killed one left behind.

    Return whether one was running.
    """
    if not data.exists():
        return False
    found = False
    with contextlib.suppress(OSError, ValueError), open(data / "lock") as lock:
        found = not _locked(lock.fileno())
    if found:
        process_table.send([_holder(data)], signal.SIGTERM)
    with claimed(data, patience=8):
        return found


def is_claimed(data: Path) -> bool:
    """Return whether a process holds the lock of this data directory now."""
    with contextlib.suppress(OSError), open(data / "lock") as lock:
        return not _locked(lock.fileno())
    return False


def forget(data: Path) -> None:
    """Delete the content of the data directory, the lock last."""
    stop(data)
    if not data.exists():
        return
    with claimed(data):
        for child in data.iterdir():
            if child.name == "lock":
                continue
            if child.is_dir() and not child.is_symlink():
                shutil.rmtree(child)
            else:
                child.unlink()
        (data / "lock").unlink()


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(data: Path) -> int:
    return int((data / "lock").read_text() or 0)
