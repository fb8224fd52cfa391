"""Simulate visitors who write, each with a chat window's two connections.

Open loop: the times of writing are fixed beforehand, however long the responses take, and
latencies count from those times. A sender that waited for slow responses would write less just
when the server is slow, and hide the delays (coordinated omission).
"""

import asyncio
import json
import random
import re
import time
import uuid

from bench.connections import Requests, Stream, request
from bench.people import visitor_token
from bench.worker import many_at_once

NUMBER = re.compile(rb"Message (\d+) of")
WORDS = "Message {} of the measurement. Is the blue one there in size M, and when would it arrive?"
WARM_UP = 3.0  # seconds
PATIENCE = 10.0  # seconds to wait for responses and echoes after the last message


class Visitors:
    def __init__(self, port: int, key: str, count: int):
        self.port, self.key, self.count = port, key, count
        self.last_number = 0
        self.visitors: list[Visitor] = []
        self.seen: dict[
            int, float
        ] = {}  # the time when a message arrived in the visitor's own stream

    async def arrive(self) -> float:
        """Let every visitor write and open a stream. Return the seconds it took."""
        begin = time.perf_counter()
        self.visitors = [Visitor(self, number) for number in range(self.count)]
        await many_at_once(8, self.visitors, lambda visitor: visitor.arrive())
        return time.perf_counter() - begin

    def on_event(self, event: bytes, now: float) -> None:
        if number := NUMBER.search(event):
            self.seen.setdefault(int(number[1]), now)

    async def write(self, rate: float, seconds: float) -> dict:
        """Open loop. Returns {number: {"due", "sent", "answered", "status", "seen"}}."""
        log = {}
        tasks = set()
        moments = arrival_times(rate, WARM_UP)
        moments += [WARM_UP + moment for moment in arrival_times(rate, seconds)]
        order = random.sample(self.visitors, len(self.visitors))
        begin = time.perf_counter()
        for turn, moment in enumerate(moments):
            if (pause := begin + moment - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            if moment < WARM_UP:
                writing = order[turn % len(order)].write({}, begin + moment)
            else:
                writing = order[turn % len(order)].write(log, begin + moment)
            task = asyncio.create_task(writing)
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE)
        await self.give_up(tasks)
        return await self.with_echoes(log)

    async def give_up(self, tasks) -> None:
        """Cancel the requests that are still waiting."""
        for task in list(tasks):
            task.cancel()
        if tasks:
            for visitor in self.visitors:
                visitor.requests.close()
            await asyncio.sleep(0.5)

    async def write_at_most(self, senders: int, seconds: float) -> dict:
        """Closed loop: `senders` visitors at a time, each message right after the last response."""
        log = {}
        begin = time.perf_counter()
        order = random.sample(self.visitors, len(self.visitors))

        async def one_after_another(mine):
            turn = 0
            while (now := time.perf_counter()) < begin + seconds:
                await mine[turn % len(mine)].write(log, now)
                turn += 1

        await asyncio.gather(*(one_after_another(order[each::senders]) for each in range(senders)))
        return await self.with_echoes(log)

    async def with_echoes(self, log: dict) -> dict:
        wanted = [number for number, entry in log.items() if entry["status"] in (200, 201)]
        until = time.perf_counter() + PATIENCE / 2
        while time.perf_counter() < until and not all(map(self.seen.__contains__, wanted)):
            await asyncio.sleep(0.05)
        for number, entry in log.items():
            entry["seen"] = self.seen.get(number)
        return log

    async def lost_streams(self) -> int:
        return sum(visitor.stream.lost for visitor in self.visitors)


class Visitor:
    def __init__(self, all_of_them: Visitors, number: int):
        self.all = all_of_them
        self.requests = Requests(all_of_them.port)
        self.address = f"/widget/{all_of_them.key}/"
        self.headers = {
            "Authorization": f"Visitor {visitor_token(number)}",
            "Content-Type": "application/json",
            "Origin": f"http://localhost:{all_of_them.port}",
        }

    async def arrive(self) -> None:
        log = {}
        await self.write(log, time.perf_counter())
        (entry,) = log.values()
        if entry["status"] != 201:
            raise RuntimeError(f"the first message was answered with {entry['status']}")
        status, body, _ = await self.requests.ask(self.post("ticket/", b""))
        if status != 200:
            raise RuntimeError(f"the ticket was answered with {status}")
        ticket = json.loads(body)["ticket"]
        self.stream = await Stream.open(self.all.port, ticket, self.all.on_event)

    def post(self, path: str, body: bytes) -> bytes:
        return request("POST", self.address + path, self.all.port, self.headers, body)

    async def write(self, log: dict, due: float) -> None:
        self.all.last_number += 1
        number = self.all.last_number
        words = {"client_id": str(uuid.uuid4()), "body": WORDS.format(number)}
        words["page"] = "https://shop.example.com/shirts/blue"
        message = self.post("messages/", json.dumps(words).encode())
        entry = {"due": due, "sent": time.perf_counter(), "answered": None, "status": 0}
        log[number] = entry
        try:
            entry["status"], _, entry["answered"] = await self.requests.ask(message)
        except OSError:
            entry["status"] = -1


def arrival_times(rate: float, seconds: float) -> list[float]:
    """Draw independent arrivals (a Poisson process), the same in every run."""
    chance = random.Random(1)
    return sorted(chance.uniform(0, seconds) for _ in range(round(rate * seconds)))
