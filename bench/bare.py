"""Measure this machine's own limits: the database without Django, and Redis to a socket without
HTTP. Arrivals are as random as the visitors' (as in pgbench -R)."""

import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.stack import ROOT
from bench.visitors import arrival_times

SCRIPT = Path(__file__).with_name("bare.sql")
PAYLOAD = "x" * 1800  # about the size of a row


class Database:
    def __init__(self, settings: dict[str, str], inbox: str, visitors: int):
        self.url = settings["DATABASE_URL"]
        self.variables = [f"--define=inbox={inbox}", f"--define=visitors={visitors}"]

    def at_rate(self, rate: float, seconds: float) -> list[float]:
        """Return the seconds each transaction took from the time it was due."""
        with tempfile.TemporaryDirectory() as directory:
            prefix = f"{directory}/transactions"
            self.pgbench(seconds, "--client=8", f"--rate={rate}", "--log", f"--log-prefix={prefix}")
            lines = [line for file in Path(directory).iterdir() for line in file.open()]
        return [int(line.split()[2]) / 1_000_000 for line in lines]

    def at_most(self, seconds: float, clients: int) -> float:
        """Return transactions per second."""
        said = self.pgbench(seconds, f"--client={clients}", "--jobs=2")
        return float(re.search(r"tps = ([0-9.]+)", said)[1])

    def pgbench(self, seconds: float, *options: str) -> str:
        command = [pgbench_program(), "--no-vacuum", "--protocol=prepared", f"--file={SCRIPT}"]
        command += [f"--time={max(1, round(seconds))}", *self.variables, *options]
        done = subprocess.run(
            [*command, *connection_options(self.url)], capture_output=True, text=True, check=False
        )
        if done.returncode or "tps = " not in done.stdout:
            sys.exit(f"pgbench failed: {done.stderr[-1000:]}")
        return done.stdout


def pgbench_program() -> str:
    from dev.binaries import postgres_programs

    return str(postgres_programs() / "pgbench")


def connection_options(url: str) -> list[str]:
    parts = urlsplit(url)
    host = parse_qs(parts.query)["host"][0]
    return [f"--host={host}", f"--username={parts.username}", parts.path.strip("/")]


class Relay:
    """The clients of the bare relay: listeners and a publisher."""

    def __init__(self, port: int, redis_url: str):
        self.port, self.redis_url = port, redis_url

    async def arrive(self, listeners: int) -> None:
        from bench.stream_client import open_bare
        from messagehub.lib.live.redis_connection import connect

        await self.reachable()
        self.exit_stack = AsyncExitStack()
        connection = connect(self.redis_url, lambda messages: None)
        self.connection = await self.exit_stack.enter_async_context(connection)
        opening = [open_bare("127.0.0.1", self.port, "all") for _ in range(listeners)]
        self.listeners = await asyncio.gather(*opening)
        self.single_listener = await open_bare("127.0.0.1", self.port, "one")

    async def reachable(self) -> None:
        for _ in range(100):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return
        raise ConnectionError("the bare relay did not start")

    async def at_rate(self, channel: str, rate: float, seconds: float) -> list[float]:
        """Return the seconds from the time each event was due until a listener got it."""
        listeners = self.listeners if channel == "all" else [self.single_listener]
        begin = time.perf_counter()
        for moment in arrival_times(rate, seconds):
            if (pause := begin + moment - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            self.publish(channel, begin + moment)
        await asyncio.sleep(0.5)
        return [age for listener in listeners for age in listener.take_ages()]

    def publish(self, channel: str, due: float) -> None:
        payload = f'event: row\ndata: {{"at":{due:.9f},"html":"{PAYLOAD}"}}\n\n'
        self.connection.replies.append(asyncio.get_running_loop().create_future())
        self.connection.send("PUBLISH", f"live:{channel}", payload)


class RelayServer:
    def __init__(self, port: int, settings: dict[str, str]):
        self.command = [sys.executable, "-m", "bench.bare_relay", str(port)]
        self.environment = {**os.environ, **settings}

    def __enter__(self):
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment)
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(10)


def fsync_seconds(directory: Path, times: int = 200) -> float:
    """Return the median time that this disk takes to make 8 KiB durable."""
    with tempfile.NamedTemporaryFile(dir=directory) as file:
        took = []
        for _ in range(times):
            os.pwrite(file.fileno(), b"x" * 8192, 0)
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begin)
    return statistics.median(took)
