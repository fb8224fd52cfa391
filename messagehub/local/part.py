"""One process of ours: web, worker, beat, postgres or redis."""

import contextlib
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import processes, signals
from .checkout import ROOT


@dataclass
class Part:
    name: str
    command: list[str]
    run_directory: Path
    environment: dict[str, str] | None = None
    log: Path | None = None
    configuration: str = ""
    scratch: str | None = None  # files of the run directory that may be broken after kill -9
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    process: subprocess.Popen | None = field(default=None, init=False)

    @property
    def record(self) -> Path:
        return self.run_directory / f"{self.name}.pid"

    def start(self) -> None:
        """In a session of its own: Ctrl-C is for the supervisor, which stops all in order."""
        for file in self.run_directory.glob(self.scratch) if self.scratch else ():
            file.unlink()
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(self.log.open("ab")) if self.log else None
            with signals.held_back():
                self.process = subprocess.Popen(
                    self.command,
                    cwd=ROOT,
                    env=self.environment,
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT if output else None,
                    start_new_session=True,
                    preexec_fn=signals.end_with_parent(self.orphan_signal),
                )
                birth = processes.birth(self.process.pid)
                self.record.write_text(f"{self.process.pid} {int(self.orphan_signal)} {birth}")
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(self.configuration.encode())
            self.process.stdin.close()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.is_running:
            self.process.send_signal(self.stop_signal)

    def end(self, seconds: float = 0) -> None:
        """Waits that long for it to stop by itself; then it, and whatever it started, is killed."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(seconds, 0))
        processes.send(processes.group_members(self.process.pid), signal.SIGKILL)
        self.process.wait()
        self.record.unlink(missing_ok=True)

    def how_it_ended(self) -> str:
        code = self.process.returncode
        if code is None:
            return "does not answer"
        return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"


def end_orphans(run_directory: Path) -> None:
    """Ends what a killed supervisor left behind, and nothing that only has the same number."""
    for record in run_directory.glob("*.pid"):
        pid, ending, birth = record.read_text().split(" ", 2)
        group = int(pid)
        if processes.birth(group) in (None, birth):
            for number, seconds in ((int(ending), 5), (signal.SIGKILL, 5)):
                processes.send(processes.group_members(group), number)
                if processes.wait_until(lambda: not processes.group_members(group), seconds):  # noqa: B023
                    break
        record.unlink()


def end_all(parts: list[Part], seconds: float) -> None:
    """Asks all at once; the time is for all together."""
    until = time.monotonic() + seconds
    for part in parts:
        part.ask_to_stop()
    for part in parts:
        part.end(until - time.monotonic())
