"""Simulate visitors who write, each with a chat window's two connections.

Open loop: the times of writing are fixed beforehand, however long the responses take, and
latencies count from those times. A sender that waited for slow responses would write less just
when the server is slow, and hide the delays (coordinated omission).

The senders share the machine with the server, so a message costs them as little as possible: no
task, no parsing of the response's body, and a request made of two strings.
"""

import asyncio
import itertools
import json
import random
import re
import time
import uuid
from collections import deque
from collections.abc import Iterator

from bench.connections import LENGTH, Requests, Stream, request
from bench.people import visitor_token
from bench.worker import many_at_once

NUMBER = re.compile(rb"Message (\d+) of")
BODY = (
    b'{"client_id":"%b","body":"Message %09d of the measurement. Is the blue one there in size M,'
    b' and when would it arrive?","page":"https://shop.example.com/shirts/blue"}'
)
BODY_BYTES = len(BODY % (b"0" * 36, 0))
STORED = (200, 201)
PATIENCE = 10.0  # seconds to wait for responses and echoes after the last message
ARRIVING = 8  # visitors at a time


class Visitors:
    def __init__(
        self, ports: list[int], keys: list[str], count: int, warm_up: float, first: int = 0
    ):
        """ports: where visitors write, in turn; the first one also has the streams. keys: of the
        inboxes, in turn. warm_up: seconds of writing before each measurement.
        """
        self.ports, self.keys, self.warm_up = ports, keys, warm_up
        self.numbers = range(first, first + count)
        self.last_number = first * 1000
        # Unique to a run, because messages with known client ids would not be stored.
        self.run = uuid.uuid4().hex[:8].encode()
        self.visitors: list[Visitor] = []
        # When a message arrived in the visitor's own stream.
        self.seen: dict[int, float] = {}

    async def prepare(self) -> None:
        self.visitors = [Visitor(self, number) for number in self.numbers]

    async def arrive(self) -> tuple[float, int]:
        """Let every visitor write a first message. Return the seconds it took, and how many."""
        begin = time.perf_counter()
        parts = [iter(self.visitors[number::ARRIVING]) for number in range(ARRIVING)]
        log = await self.write_in_turn(parts, {})
        refused = {entry["status"] for entry in log.values()} - {201}
        if refused:
            raise RuntimeError(f"first messages were answered with {refused}")
        return time.perf_counter() - begin, len(log)

    async def watch(self) -> None:
        """Open every visitor's stream."""
        await many_at_once(ARRIVING, self.visitors, lambda visitor: visitor.watch())

    def on_events(self, data: bytes, now: float) -> None:
        for number in NUMBER.findall(data):
            self.seen.setdefault(int(number), now)

    async def write(self, rate: float, seconds: float) -> dict:
        """Open loop. Returns {number: {"due", "sent", "answered", "status", "seen"}}."""
        moments = arrival_times(rate, self.warm_up)
        moments += [self.warm_up + moment for moment in arrival_times(rate, seconds)]
        order = random.sample(self.visitors, len(self.visitors))
        log, warm_up = {}, {}
        begin = time.perf_counter()
        for turn, moment in enumerate(moments):
            if (pause := begin + moment - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            order[turn % len(order)].write(
                warm_up if moment < self.warm_up else log, begin + moment
            )
        until = time.perf_counter() + PATIENCE
        while time.perf_counter() < until and any(visitor.current for visitor in order):
            await asyncio.sleep(0.05)
        for visitor in order:
            visitor.give_up()
        return await self.with_echoes(log)

    async def write_at_most(self, senders: int, seconds: float) -> dict:
        """Closed loop: `senders` visitors at a time, each message right after the last response."""
        order = random.sample(self.visitors, len(self.visitors))
        parts = [itertools.cycle(order[number::senders]) for number in range(senders)]
        begin = time.perf_counter()
        log = await self.write_in_turn(parts, {}, until=begin + self.warm_up + seconds)
        measured = {n: entry for n, entry in log.items() if entry["due"] > begin + self.warm_up}
        return await self.with_echoes(measured)

    async def write_in_turn(
        self, parts: list[Iterator["Visitor"]], log: dict, until: float = float("inf")
    ) -> dict:
        """Let the visitors of each part write one after another, until that time."""
        left = set(range(len(parts)))
        finished = asyncio.get_running_loop().create_future()

        def go_on(number: int) -> None:
            now = time.perf_counter()
            visitor = next(parts[number], None) if now < until else None
            if visitor is not None:
                visitor.write(log, now, then=lambda: go_on(number))
                return
            left.discard(number)
            if not left and not finished.done():
                finished.set_result(None)

        for number in range(len(parts)):
            go_on(number)
        await finished
        return log

    async def with_echoes(self, log: dict) -> dict:
        wanted = [number for number, entry in log.items() if entry["status"] in STORED]
        until = time.perf_counter() + PATIENCE / 2
        while time.perf_counter() < until and not all(map(self.seen.__contains__, wanted)):
            await asyncio.sleep(0.05)
        for number, entry in log.items():
            entry["seen"] = self.seen.get(number)
        return log

    async def lost_streams(self) -> int:
        return sum(visitor.stream.lost for visitor in self.visitors)


class Visitor(asyncio.Protocol):
    """A keep-alive connection that handles one message at a time; others wait as in a browser."""

    def __init__(self, all_of_them: Visitors, number: int):
        self.all = all_of_them
        self.key = all_of_them.keys[number % len(all_of_them.keys)]
        self.port = all_of_them.ports[number % len(all_of_them.ports)]
        self.headers = {
            "Authorization": f"Visitor {visitor_token(number)}",
            "Content-Type": "application/json",
            "Origin": f"http://localhost:{self.port}",
        }
        self.head = self.post("messages/", b"x" * BODY_BYTES)[:-BODY_BYTES]
        self.transport: asyncio.Transport | None = None
        self.current: tuple | None = None  # (message, entry of the log, then)
        self.waiting: deque[tuple] = deque()
        self.received = b""

    def post(self, path: str, body: bytes) -> bytes:
        address = f"/widget/{self.key}/{path}"
        return request("POST", address, self.port, self.headers, body)

    async def watch(self) -> None:
        requests = Requests(self.port)
        status, body, _ = await requests.ask(self.post("ticket/", b""))
        requests.close()
        if status != 200:
            raise RuntimeError(f"the ticket was answered with {status}")
        ticket = json.loads(body)["ticket"]
        self.stream = await Stream.open(self.all.ports[0], ticket, self.all.on_events)

    def write(self, log: dict, due: float, then=None) -> None:
        self.all.last_number = number = self.all.last_number + 1
        client_id = b"%b-0000-4000-8000-%012x" % (self.all.run, number)
        message = self.head + BODY % (client_id, number)
        log[number] = {"due": due, "sent": time.perf_counter(), "answered": None, "status": 0}
        task = (message, log[number], then)
        if self.current:
            self.waiting.append(task)
        else:
            self.send(task)

    def send(self, task: tuple) -> None:
        self.current = task
        if self.transport is None:
            self.connecting = asyncio.create_task(self.connect())
        else:
            self.transport.write(task[0])

    async def connect(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: self, "127.0.0.1", self.port)
        except OSError:
            self.conclude(-1)

    def connection_made(self, transport):
        self.transport, self.received, self.is_fresh = transport, b"", True
        if self.current:
            transport.write(self.current[0])

    def data_received(self, data):
        if self.received:
            data = self.received + data
        end = data.find(b"\r\n\r\n")
        length = LENGTH.search(data, 0, end + 2) if end > 0 else None
        if end < 0 or len(data) - end - 4 < int(length[1] if length else 0):
            self.received = data
            return
        self.received, self.is_fresh = b"", False
        if b"connection: close" in data[:end].lower():
            self.transport.abort()
            self.transport = None
        self.conclude(int(data[9:12]))

    def conclude(self, status: int) -> None:
        """Record the response and send the next waiting message."""
        (_message, entry, then), self.current = self.current, None
        entry["status"] = status
        entry["answered"] = time.perf_counter() if status > 0 else None
        if self.waiting:
            self.send(self.waiting.popleft())
        if then:
            then()

    def connection_lost(self, error):
        if self.transport is None:
            return  # closed after a response that asked for it, and perhaps open again
        self.transport = None
        if self.current and self.is_fresh:
            self.conclude(-1)
        elif self.current:
            self.send(self.current)  # the server closed the idle connection just now

    def give_up(self) -> None:
        """Leave the requests that still wait without an answer."""
        if self.current and self.transport:
            self.current = None
            self.waiting.clear()
            self.transport.abort()


def arrival_times(rate: float, seconds: float) -> list[float]:
    """Draw independent arrivals (a Poisson process), the same in every run."""
    chance = random.Random(1)
    return sorted(chance.uniform(0, seconds) for _ in range(round(rate * seconds)))
