"""Starts real server processes, and a separate Redis for tests that kill it."""

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
    """Runs uvicorn as in production."""

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
        with self.open(STATS_CHANNEL, subjects=["operator"], path="/live/stats") as response:
            assert response.status == 200
            size = int(response.headers["content-length"])
            while len(response.raw) < size:
                response.receive(time.monotonic() + PATIENCE)
            return json.loads(response.raw)

    def counts(self) -> dict:
        """Return the statistics that must be the same after each test."""
        stats = self.stats()
        figures = {name: stats[name] for name in ("streams", "channels", "subjects", "tasks")}
        return figures | {"sockets": len(psutil.Process(self.process.pid).net_connections("tcp"))}

    def is_at_rest(self) -> dict | None:
        """Return the counts if they don't change, else None."""
        counts = self.counts()
        time.sleep(0.02)
        return counts if counts == self.counts() else None

    def stop(self, number=signal.SIGTERM) -> float:
        """Stop the server and return how many seconds that took."""
        begin = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)
        return time.monotonic() - begin


class Redis:
    """A Redis that a test may kill."""

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
        """Make Redis accept connections without responding."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
