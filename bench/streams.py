"""Measure the live hub: memory per stream, and the time from publishing to the page.

    LOCAL=1 REDIS_URL=... python -m bench.streams [--streams 10000] [--seconds 10]

Prints a table for bench/RESULTS.md. "Bare" is the machine's limit at the same time: the same
messages through the same Redis and a relay without HTTP, tickets or limits.
"""

import argparse
import asyncio
import gc
import os
import platform
import random
import resource
import signal
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime

import uvloop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messagehub.settings")

from django.conf import settings

from bench.stream_client import Listener, open_bare, open_stream
from messagehub.lib.live import sse, tickets
from messagehub.lib.live.redis_connection import connect

PORT = 8790
RATE = 100  # messages a second
SETTLE_SECONDS = 16  # until heartbeats are spread evenly
PROGRAMS = {
    "hub": [sys.executable, "-m", "uvicorn", "messagehub.asgi:live", "--port", str(PORT)]
    + ["--no-access-log", "--no-proxy-headers", "--log-level", "warning", "--backlog", "4096"],
    "bare": [sys.executable, "-m", "bench.bare_relay", str(PORT)],
}


async def measure(name: str, streams: int, seconds: float) -> dict:
    server = subprocess.Popen(PROGRAMS[name])
    try:
        async with connect(settings.REDIS_URL, lambda messages: None) as connection:
            await reachable()
            return await figures(name, streams, seconds, server.pid, connection)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


async def figures(name: str, streams: int, seconds: float, pid: int, connection) -> dict:
    empty, begin = pss(pid), time.perf_counter()
    listeners = await open_many(name, streams)
    opened = time.perf_counter() - begin
    await asyncio.sleep(SETTLE_SECONDS)
    figures = {"empty": empty, "opened": streams / opened, "kib": (pss(pid) - empty) / streams}
    figures["idle"] = await processor(pid, asyncio.sleep(seconds))
    figures["one"] = await one_among_many(connection, listeners, seconds)
    fifty = await open_many(name, 50, shared="workspace:shared")
    figures["fifty_processor"] = await processor(pid, to_fifty(connection, fifty, seconds))
    figures["fifty"] = sorted(age for listener in fifty for age in listener.take_ages())
    assert len(figures["fifty"]) == 50 * int(RATE * seconds), "messages were lost"
    figures["most"] = await as_fast_as_it_goes(connection, fifty)
    return figures


async def reachable() -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", PORT)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise SystemExit("the server did not start")


async def open_many(name: str, count: int, shared: str | None = None) -> list[Listener]:
    """Open streams with two channels each, like a visitor's."""
    listeners = []
    for begin in range(0, count, 100):
        opening = []
        for number in range(begin, min(begin + 100, count)):
            own = f"conversation:{uuid.uuid4()}"
            source = f"127.0.0.{number // 20_000 + 1}"
            if name == "bare":
                opening.append(open_bare(source, PORT, shared or own))
            else:
                visitor = f"visitor:{uuid.uuid4()}"
                ticket = tickets.issue(channels=[own, shared or visitor], subjects=[visitor])
                opening.append(open_stream(source, PORT, shared or own, ticket))
        listeners += await asyncio.gather(*opening)
    return listeners


async def one_among_many(connection, listeners: list[Listener], seconds: float) -> list[float]:
    await at_rate(RATE, seconds, lambda: publish(connection, random.choice(listeners).channel))
    return sorted(age for listener in listeners for age in listener.take_ages())


async def to_fifty(connection, listeners: list[Listener], seconds: float) -> None:
    await at_rate(RATE, seconds, lambda: publish(connection, listeners[0].channel))


async def as_fast_as_it_goes(connection, listeners: list[Listener], messages=4000) -> float:
    """Return the events per second that arrive when there is always something to send."""

    async def arrived(count):
        while sum(len(listener.ages) for listener in listeners) < count * len(listeners):
            await asyncio.sleep(0.0005)

    begin = time.perf_counter()
    for number in range(messages):
        publish(connection, listeners[0].channel)
        if number % 10 == 9:
            await arrived(number - 40)
    await arrived(messages)
    return messages * len(listeners) / (time.perf_counter() - begin)


async def at_rate(rate: float, seconds: float, act) -> None:
    begin = time.perf_counter()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0, begin + number / rate - time.perf_counter()))
        act()
    await asyncio.sleep(0.5)


def publish(connection, channel: str) -> None:
    html = "<li class=entry>" + "x" * 500
    data = {"into": "timeline", "id": "entry-1", "html": html, "at": time.perf_counter()}
    connection.replies.append(asyncio.get_running_loop().create_future())
    connection.send("PUBLISH", sse.channel_name(channel), sse.encode_event("append", data))


def pss(pid: int) -> float:
    """Return the process's own memory in KiB."""
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return next(float(line.split()[1]) for line in lines if line.startswith("Pss:"))


async def processor(pid: int, waiting) -> float:
    """Return the share of one core that the process uses meanwhile."""

    def used():
        with open(f"/proc/{pid}/stat") as line:
            return sum(map(int, line.read().split()[13:15])) / os.sysconf("SC_CLK_TCK")

    before, begin = used(), time.perf_counter()
    await waiting
    return (used() - before) / (time.perf_counter() - begin)


def table(results: dict, streams: int) -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    rows = [
        (f"memory a stream, {streams:,} open (KiB)", lambda r: f"{r['kib']:.1f}"),
        ("memory of the empty process (MiB)", lambda r: f"{r['empty'] / 1024:.0f}"),
        ("streams opened a second", lambda r: f"{r['opened']:,.0f}"),
        ("processor while nothing is said", lambda r: f"{r['idle']:.1%}"),
        (f"to one stream among {streams:,}, {RATE}/s: p50 / p99 (ms)", lambda r: ages(r["one"])),
        (f"to 50 streams, {RATE}/s: p50 / p99 (ms)", lambda r: ages(r["fifty"])),
        (f"processor at those {50 * RATE:,} events/s", lambda r: f"{r['fifty_processor']:.0%}"),
        ("most events a second, to 50 streams", lambda r: f"{r['most']:,.0f}"),
    ]
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit or 'none yet'}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "",
        "| streams | hub | bare |",
        "| --- | ---: | ---: |",
    ]
    lines += [f"| {row} | {show(results['hub'])} | {show(results['bare'])} |" for row, show in rows]
    return "\n".join(lines)


def ages(sorted_ages: list[float]) -> str:
    p50 = sorted_ages[len(sorted_ages) // 2]
    p99 = sorted_ages[int(len(sorted_ages) * 0.99)]
    return f"{p50 * 1000:.2f} / {p99 * 1000:.2f}"


async def main(arguments) -> None:
    gc.disable()  # so that this side's pauses don't count as the hub's
    results = {}
    for name in ("bare", "hub"):
        results[name] = await measure(name, arguments.streams, arguments.seconds)
    print(table(results, arguments.streams))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(main(parser.parse_args()))
