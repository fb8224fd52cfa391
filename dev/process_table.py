"""Look up and signal processes that aren't our children, such as those of a killed run."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "stat").exists()


def birth(pid: int) -> str | None:
    """Return when a process started, which distinguishes it from a later one with the same id."""
    if not HAS_PROC:
        return _ps("-o", "lstart=", "-p", str(pid)) or None
    fields = _stat(pid)
    return fields[19] if fields and fields[0] != "Z" else None


def group_members(group: int) -> list[int]:
    if not HAS_PROC:
        rows = [line.split() for line in _ps("-A", "-o", "pid=,pgid=").splitlines()]
        return [int(pid) for pid, its_group in rows if int(its_group) == group]
    members = []
    for pid in _every_pid():
        fields = _stat(pid)
        if fields and fields[0] != "Z" and int(fields[2]) == group:
            members.append(pid)
    return members


def working_in(directory: Path) -> list[int]:
    """Return the processes that work in a directory: a PostgreSQL and its backends."""
    found = []
    for pid in _every_pid():
        try:
            if os.readlink(PROC / str(pid) / "cwd") == str(directory):
                found.append(pid)
        except OSError:
            continue  # it ended, or belongs to another user
    return found


def is_program(pid: int, name: str) -> bool:
    return name in _ps("-o", "comm=", "-p", str(pid))


def send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.03)
    return True


def _every_pid() -> list[int]:
    return [int(name) for name in os.listdir(PROC) if name.isdigit()] if HAS_PROC else []


def _stat(pid: int) -> list[str] | None:
    """Return the fields after the program's name, which may contain spaces and brackets."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _ps(*arguments: str) -> str:
    answer = subprocess.run(["ps", *arguments], capture_output=True, text=True, check=False)
    return answer.stdout.strip()
