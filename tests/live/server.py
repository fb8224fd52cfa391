"""A real server process, and a Redis that tests can kill."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from dev.binaries import redis_program
from messagehub.lib.live import tickets
from messagehub.lib.live.endpoint import STATS_CHANNEL
from tests.live.client import Stream
from tests.processes import PATIENCE, free_port, until

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """uvicorn as production runs it."""

    def __init__(self, app: str = "messagehub.asgi:live", *, grace: int = 3, **environment):
        """grace: seconds that uvicorn waits for open connections when it stops."""
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", app, "--port", str(self.port)]
            + ["--timeout-graceful-shutdown", str(grace), "--no-proxy-headers"]
            + ["--log-level", "warning"],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.live.settings",
                **{name: str(value) for name, value in environment.items()},
            },
        )
        until(lambda: self.process.poll() is not None or is_open(self.port))
        assert self.process.poll() is None, "the server did not start"

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_):
        self.stop()

    def open(self, *channels, subjects=("membership:1",), **options) -> Stream:
        ticket = tickets.issue(channels=list(channels), subjects=list(subjects))
        return Stream(self.port, ticket, **options)

    def stats(self) -> dict:
        with self.open(STATS_CHANNEL, subjects=["operator"], path="/live/stats") as answer:
            assert answer.status == 200
            size = int(answer.headers["content-length"])
            while len(answer.raw) < size:
                answer.receive(time.monotonic() + PATIENCE)
            return json.loads(answer.raw)

    def counts(self) -> dict:
        """Return the counts that must go back to their previous values."""
        stats = self.stats()
        figures = {name: stats[name] for name in ("streams", "channels", "subjects", "tasks")}
        return figures | {"sockets": len(psutil.Process(self.process.pid).net_connections("tcp"))}

    def is_at_rest(self) -> dict | None:
        """Return the counts, if they are stable."""
        counts = self.counts()
        time.sleep(0.02)
        return counts if counts == self.counts() else None

    def stop(self, number=signal.SIGTERM) -> float:
        """Stop the server and return how many seconds it took."""
        begin = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)
        return time.monotonic() - begin


class Redis:
    """A Redis that a test can kill."""

    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = None
        self.start()

    def start(self):
        if self.process and self.process.poll() is None:
            return
        self.process = subprocess.Popen(
            [str(redis_program()), "--port", str(self.port), "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
        )
        until(lambda: is_open(self.port))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def pause(self):
        """Accept connections but don't respond."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
