"""Simulate agents with their desks open: a stream each, and a heartbeat every 30 seconds."""

import asyncio
import json
import random
import re
import time
import uuid
from contextlib import suppress
from urllib.parse import urlencode

from bench.connections import Requests, Stream, request

NUMBER = re.compile(rb"Message (\d+) of")
BEAT_SECONDS = 30
QUEUED = b'"assignee":""'


class Agents:
    def __init__(self, port: int, agents: list[dict]):
        self.port = port
        self.agents = [Agent(self, **agent) for agent in agents]
        self.seen: dict[int, float] = {}  # the time when a message reached its assignee's screen

    async def arrive(self) -> None:
        """Open the agents' pages; from then on they are assigned conversations."""
        for agent in self.agents:
            await agent.beat()
        self.beating = [asyncio.create_task(agent.send_heartbeats()) for agent in self.agents]

    async def watch(self, open_conversations: dict[str, int]) -> None:
        for agent in self.agents:
            await agent.watch(open_conversations.get(agent.membership, ""))
        self.agents[0].marks += (QUEUED,)  # rows of the queue go to all screens; one notes them

    async def leave(self) -> None:
        """Close the agents' pages."""
        for task in self.beating:
            task.cancel()
        for agent in self.agents:
            agent.stream.transport.abort()
            await agent.post("presence/leave/", {"tab": agent.tab}, 204)

    async def take_seen(self, wanted: list[int]) -> dict[int, float]:
        until = time.perf_counter() + 3
        while time.perf_counter() < until and not all(map(self.seen.__contains__, wanted)):
            await asyncio.sleep(0.05)
        return {number: self.seen[number] for number in wanted if number in self.seen}

    async def lost_streams(self) -> int:
        return sum(agent.stream.lost for agent in self.agents)


class Agent:
    def __init__(
        self, all_of_them: Agents, workspace: str, membership: str, cookies: dict[str, str]
    ):
        self.all = all_of_them
        self.workspace, self.membership = workspace, membership
        # A row names its assignee, and entries belong to the open conversation.
        self.marks = (f'"assignee":"{membership}"'.encode(), b"event: append")
        self.tab = uuid.uuid4().hex
        self.headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": "c" * 32,
            "Content-Type": "application/x-www-form-urlencoded",
        }

    async def send_heartbeats(self) -> None:
        await asyncio.sleep(random.uniform(0, BEAT_SECONDS))
        while True:
            with suppress(OSError, RuntimeError):  # a page tries again with the next heartbeat
                await self.beat()
            await asyncio.sleep(BEAT_SECONDS)

    async def beat(self) -> None:
        await self.post("presence/", {"tab": self.tab}, 204)

    async def watch(self, conversation: int | str) -> None:
        body = await self.post("live-ticket/", {"conversation": conversation}, 200)
        self.stream = await Stream.open(self.all.port, json.loads(body)["ticket"], self.on_events)

    def on_events(self, data: bytes, now: float) -> None:
        """Note messages for this agent. Most events are for others, and cost only a look."""
        if not any(mark in data for mark in self.marks):
            return
        for event in data.split(b"\n\n"):
            if any(mark in event for mark in self.marks) and (number := NUMBER.search(event)):
                self.all.seen.setdefault(int(number[1]), now)

    async def post(self, path: str, fields: dict, expected: int) -> bytes:
        requests = Requests(self.all.port)
        body = urlencode(fields).encode()
        address = f"/w/{self.workspace}/{path}"
        try:
            status, answer, _ = await requests.ask(
                request("POST", address, self.all.port, self.headers, body)
            )
        finally:
            requests.close()
        if status != expected:
            raise RuntimeError(f"{path} was answered with {status}: {answer[:200]!r}")
        return answer
