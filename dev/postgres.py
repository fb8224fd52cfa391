"""The embedded PostgreSQL."""

import re
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from . import process_table, server_user
from .console import say
from .errors import UserError
from .process import Process

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "max_wal_size": "256MB",
    # Nothing replicates from this server, so it needs no processes for that.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests: nothing to keep, and several workers with threads and processes of their own.
THROW_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "400",
}
INITDB = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
INITDB += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


class Postgres:
    def __init__(self, programs: Path, data: Path, run: Path, sockets: Path, *, throw_away=False):
        self.programs = programs
        self.directory = data / "postgres"
        self.sockets = sockets / "postgres"
        self.log = data / "postgres.log"
        settings = {**SETTINGS, "unix_socket_directories": str(self.sockets)}
        if throw_away:
            settings |= THROW_AWAY
        self.throw_away = throw_away
        command = [*server_user.command_prefix(), str(programs / "postgres")]
        command += ["-D", str(self.directory)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.process = Process(
            "postgres",
            command,
            run,
            log=self.log,
            stop_signal=signal.SIGINT,  # "fast": ends sessions and writes everything to disk
            orphan_signal=signal.SIGINT,
        )

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.sockets))}"

    def start(self) -> None:
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        server_user.give(self.sockets)
        if not self.directory.exists():
            self._create()
        self._end_predecessor()
        self.process.start()

    def _create(self) -> None:
        """Create it under a temporary name, so that one with the right name is always complete."""
        half_made = self.directory.with_suffix(".new")
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir(mode=0o700)
        server_user.give(half_made)
        if not self.throw_away:
            say("Making the database ...")
        command = [
            *server_user.command_prefix(),
            self.programs / "initdb",
            "-D",
            half_made,
            *INITDB,
        ]
        command += ["--no-sync"] if self.throw_away else []
        made = subprocess.run(
            command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        if made.returncode:
            errors = made.stderr.strip().splitlines()
            raise UserError(
                f"The database can't be created: {errors[0] if errors else made.returncode}. "
                "Or give the address of a PostgreSQL: DATABASE_URL=postgresql://..."
            )
        half_made.rename(self.directory)

    def _end_predecessor(self) -> None:
        """End a server whose supervisor was killed, or backends whose server was killed."""
        postmaster = self._number_in_lock()
        for ending, whom in ((signal.SIGINT, {postmaster}), (signal.SIGKILL, None)):
            left = process_table.working_in(self.directory)
            process_table.send([pid for pid in left if whom is None or pid in whom], ending)
            if process_table.wait_until(lambda: not process_table.working_in(self.directory), 5):
                break
        self._forget_locks(postmaster)

    def _number_in_lock(self) -> int:
        try:
            return int((self.directory / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return 0

    def _forget_locks(self, postmaster: int) -> None:
        """Delete lock files that would keep PostgreSQL from starting.

        It doesn't start while any process has the id in its lock file: a later one by chance, or
        its own zombie in a container without an init process.
        """
        if process_table.HAS_PROC or not process_table.is_program(postmaster, "postgres"):
            (self.directory / "postmaster.pid").unlink(missing_ok=True)
            for file in self.sockets.iterdir():
                file.unlink()

    @property
    def is_ready(self) -> bool:
        try:
            lines = (self.directory / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        pid = self.process.popen.pid if self.process.popen else None
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def ask(self, sql: str) -> str:
        """Query one value with psql. Return an empty string if that fails."""
        connection = ["-h", self.sockets, "-U", "postgres", "-d", "postgres"]
        answer = subprocess.run(
            [self.programs / "psql", "-X", "-A", "-t", *connection, "-c", sql],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return answer.stdout.strip() if answer.returncode == 0 else ""

    def why_not(self) -> str:
        try:
            said = re.findall(r"(?:FATAL|PANIC):\s+(.*)", self.log.read_text(errors="replace"))
        except OSError:
            said = []
        reason = said[-1] if said else self.process.how_it_ended()
        return (
            f"PostgreSQL doesn't start: {reason} (all of it: {self.log}). "
            "To start over without the data: make reset"
        )
