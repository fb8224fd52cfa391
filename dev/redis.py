"""The embedded Redis. It listens on a socket and stores nothing on disk (the outbox does)."""

import contextlib
import socket
from pathlib import Path

from .process import Process

CONFIGURATION = """
port 0
unixsocket {socket}
unixsocketperm 700
daemonize no
save ""
appendonly no
dir {directory}
databases 512
"""  # one for each worker of tests that run in parallel


class Redis:
    def __init__(self, program: Path, data: Path, run: Path, sockets: Path):
        self.socket = sockets / "redis.sock"
        self.log = data / "redis.log"
        self.process = Process(
            "redis",
            [str(program), "-"],
            run,
            log=self.log,
            configuration=CONFIGURATION.format(socket=self.socket, directory=sockets),
        )

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        self.process.start()

    @property
    def is_ready(self) -> bool:
        return self.ask("PING") == "+PONG"

    @property
    def has_worker(self) -> bool:
        """Return whether a client waits on a queue, which means that Celery's worker is ready."""
        return "cmd=brpop" in self.ask("CLIENT LIST")

    def ask(self, command: str) -> str:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(self.socket))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(65536).decode(errors="replace").strip()
        return ""

    def why_not(self) -> str:
        return f"Redis doesn't start: {self.process.how_it_ended()} (see {self.log})."
