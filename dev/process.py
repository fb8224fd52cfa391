"""One of our processes: web, worker, postgres or redis."""

import contextlib
import signal
import subprocess
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from . import process_table, signals
from .checkout import ROOT


@dataclass
class Process:
    name: str
    command: list[str]
    run_directory: Path
    environment: dict[str, str] | None = None
    log: Path | None = None
    configuration: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    popen: subprocess.Popen | None = field(default=None, init=False)

    @property
    def record(self) -> Path:
        return self.run_directory / f"{self.name}.pid"

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C reaches only the supervisor."""
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(self.log.open("ab")) if self.log else None
            with signals.held_back():
                self.popen = subprocess.Popen(
                    self.command,
                    cwd=ROOT,
                    env=self.environment,
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT if output else None,
                    start_new_session=True,
                    preexec_fn=signals.end_with_parent(self.orphan_signal),
                )
                birth = process_table.birth(self.popen.pid)
                # Written under a temporary name, because half a record would break the next start.
                unfinished = self.record.with_suffix(".unfinished")
                unfinished.write_text(f"{self.popen.pid} {int(self.orphan_signal)} {birth}")
                unfinished.replace(self.record)
        with contextlib.suppress(BrokenPipeError):
            self.popen.stdin.write(self.configuration.encode())
            self.popen.stdin.close()

    @property
    def is_running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def ask_to_stop(self) -> None:
        if self.is_running:
            self.popen.send_signal(self.stop_signal)

    def end(self, seconds: float = 0) -> None:
        """Wait for the process to stop by itself, then kill it and its children."""
        if self.popen is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(max(seconds, 0))
        process_table.send(process_table.group_members(self.popen.pid), signal.SIGKILL)
        self.popen.wait()
        self.record.unlink(missing_ok=True)

    def how_it_ended(self) -> str:
        code = self.popen.returncode
        if code is None:
            return "doesn't answer"
        return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"


def end_orphans(run_directory: Path) -> None:
    """End what a killed supervisor left behind, but no other process that got the same id."""
    for record in run_directory.glob("*.pid"):
        pid, ending, birth = record.read_text().split(" ", 2)
        group = int(pid)
        if process_table.birth(group) in (None, birth):
            for number, seconds in ((int(ending), 5), (signal.SIGKILL, 5)):
                process_table.send(process_table.group_members(group), number)
                if process_table.wait_until(partial(_is_empty, group), seconds):
                    break
        record.unlink()


def _is_empty(group: int) -> bool:
    return not process_table.group_members(group)


def end_all(processes: list[Process], seconds: float) -> None:
    """Stop all of them at the same time, within these seconds in total."""
    until = time.monotonic() + seconds
    for process in processes:
        process.ask_to_stop()
    for process in processes:
        process.end(until - time.monotonic())
