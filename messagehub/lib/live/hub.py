"""The hub: one Redis connection a process, from which bytes go to the streams that listen.

Nothing runs for a single stream: one task keeps the connection to Redis, one beats for all. When
Redis is lost every stream is ended, because what was published meanwhile is missing and the page
must know: it comes back, catches up, and goes on.
"""

import asyncio
import logging
import random
import time

from messagehub.lib.live import sse
from messagehub.lib.live.registry import Index
from messagehub.lib.live.redis_connection import Link, connect
from messagehub.lib.live.stream import Stream

logger = logging.getLogger(__name__)

PING_SECONDS = 2.0
LONGEST_PAUSE = 2.0
TICK_SECONDS = 0.05


class Busy(Exception):
    """There are as many streams as may be, in this process or for this person."""


class Hub:
    """max_age: the longest life of a stream, in seconds. most_each: streams of one subject."""

    def __init__(self, url: str, *, heartbeat: float, max_age: float, most: int, most_each: int):
        self.url = url
        self.heartbeat = heartbeat
        self.max_age = max_age
        self.most = most
        self.most_each = most_each
        self.tasks: list[asyncio.Task] = []
        self.tried = asyncio.Event()  # Redis was reached, or not, for the first time
        self.counts = {"opened": 0, "relayed": 0, "cut": 0, "redis_lost": 0}
        self.forget_all()

    def forget_all(self) -> None:
        self.link: Link | None = None
        self.streams: dict[Stream, float] = {}  # when the next heartbeat is due, soonest first
        self.listeners = Index()
        self.people = Index()

    def start(self) -> None:
        self.tasks = [asyncio.create_task(self.keep_link()), asyncio.create_task(self.keep_beat())]

    def stop(self) -> None:
        """End every stream. May be called twice."""
        for task in self.tasks:
            task.cancel()
        self.lose_link()

    # --- Redis ---

    async def keep_link(self) -> None:
        pause = 0.0
        while True:
            try:
                async with connect(self.url, self.relay) as link:
                    link.tell("SUBSCRIBE", sse.CLOSE_CHANNEL)
                    await link.ask("PING")
                    self.link, pause = link, 0.0
                    self.tried.set()
                    logger.info("live updates: listening to Redis")
                    await self.watch(link)
            except OSError as error:
                if not pause:
                    logger.warning("live updates: Redis is away: %r", error)
            except Exception:
                logger.exception("live updates: starting again")
            self.lose_link()
            self.tried.set()
            pause = min(LONGEST_PAUSE, pause * 2 or 0.1)
            await asyncio.sleep(pause * random.uniform(0.5, 1))

    async def watch(self, link: Link) -> None:
        """Returns never; raises OSError when the link is lost, or silent."""
        while True:
            await asyncio.wait([link.lost], timeout=PING_SECONDS)
            await link.ask("PING")

    def lose_link(self) -> None:
        streams = self.streams
        self.counts["redis_lost"] += self.link is not None
        # Forgotten at once: with a new link, nothing of the old one counts as subscribed.
        self.forget_all()
        for stream in streams:
            stream.end("restart")

    def relay(self, messages: list[tuple[bytes, bytes]]) -> None:
        """What arrived together is written together, in order."""
        touched = {}
        for channel, payload in messages:
            if channel == sse.CLOSE_CHANNEL:
                self.close(payload)
                continue
            for stream in self.listeners.get(channel):
                stream.add(payload)
                touched[stream] = None
                self.counts["relayed"] += 1
        for stream in touched:
            stream.flush()

    def close(self, subject: bytes) -> None:
        for stream in self.people.get(subject):
            stream.end("access")

    # --- a stream's way in and out ---

    async def join(self, stream: Stream, ticket) -> bool:
        """Listen. False if access was lost after the ticket was made.

        Raises Busy, and OSError when Redis is away.
        """
        if self.link is None:
            raise ConnectionError("Redis is away")
        if len(self.streams) >= self.most:
            raise Busy
        if min(len(self.people.get(subject)) for subject in stream.subjects) >= self.most_each:
            raise Busy
        self.add(stream)
        # Asked behind the subscriptions, and answered behind their confirmation: what is closed
        # before has left its mark, what is closed later comes as a message.
        closed_at = await self.link.ask("MGET", *map(sse.revoked_key, stream.subjects))
        return not (ticket.is_revoked(closed_at) or stream.ended_because == "access")

    def add(self, stream: Stream) -> None:
        now = time.monotonic()
        self.counts["opened"] += 1
        self.streams[stream] = now + self.heartbeat
        # Spread, so that pages which came together do not come back together.
        stream.ends_at = now + self.max_age * random.uniform(2 / 3, 1)
        self.people.add(stream.subjects, stream)
        if new := self.listeners.add(stream.channels, stream):
            self.link.tell("SUBSCRIBE", *new)

    def leave(self, stream: Stream) -> None:
        """Nothing here waits, so that no cancellation can leave half of it undone."""
        self.counts["cut"] += stream.ended_because == "slow"
        stream.release()
        if self.streams.pop(stream, None) is None:
            return
        self.people.remove(stream.subjects, stream)
        if gone := self.listeners.remove(stream.channels, stream):
            self.link.tell("UNSUBSCRIBE", *gone)

    # --- the clock ---

    async def keep_beat(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.beat(time.monotonic())

    def beat(self, now: float) -> None:
        """A few streams at a time: all at once, they would hold up the messages."""
        few = 1 + int(3 * len(self.streams) * TICK_SECONDS / self.heartbeat)
        for stream in self.due(now, few):
            del self.streams[stream]
            self.streams[stream] = now + self.heartbeat  # to the end of the queue
            if now >= stream.ends_at:
                stream.end("restart")
            else:
                stream.add(sse.HEARTBEAT)
                stream.flush()

    def due(self, now: float, few: int) -> list[Stream]:
        due = []
        for stream, moment in self.streams.items():
            if moment > now or len(due) == few:
                break
            due.append(stream)
        return due

    def stats(self) -> dict:
        return {
            "streams": len(self.streams),
            "channels": len(self.listeners),
            "subjects": len(self.people),
            "tasks": len(asyncio.all_tasks()),
            "redis": self.link is not None,
            **self.counts,
        }
