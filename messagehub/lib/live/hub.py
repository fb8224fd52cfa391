"""The hub of a process: relays messages from one Redis connection to the subscribed streams.

No task runs per stream: one task keeps the connection to Redis, another sends all heartbeats. When
the connection is lost every stream ends, because messages published meanwhile are missing. The page
reconnects, catches up, and goes on.
"""

import asyncio
import logging
import random
import time

from messagehub.lib.live import sse
from messagehub.lib.live.hints import as_command, hints_first
from messagehub.lib.live.redis_connection import RedisConnection, connect
from messagehub.lib.live.registry import Registry
from messagehub.lib.live.stream import Stream

logger = logging.getLogger(__name__)

PING_SECONDS = 2.0
MAX_RETRY_SECONDS = 2.0
TICK_SECONDS = 0.05


class TooManyStreams(Exception):
    """This process, or this subject, has as many streams as it may have."""


class Hub:
    def __init__(
        self,
        url: str,
        *,
        heartbeat_seconds: float,
        max_age: float,  # of a stream, in seconds
        max_streams: int,
        max_streams_per_subject: int,
    ):
        self.url = url
        self.heartbeat_seconds = heartbeat_seconds
        self.max_age = max_age
        self.max_streams = max_streams
        self.max_streams_per_subject = max_streams_per_subject
        self.tasks: list[asyncio.Task] = []
        self.first_attempt = (
            asyncio.Event()
        )  # set once Redis was reached, or failed, for the first time
        self.counts = {"opened": 0, "relayed": 0, "cut": 0, "redis_lost": 0}
        self.reset()

    def reset(self) -> None:
        self.redis: RedisConnection | None = None
        self.streams: dict[Stream, float] = {}  # the time of the next heartbeat, soonest first
        self.by_channel = Registry()
        self.by_subject = Registry()

    def start(self) -> None:
        self.tasks = [
            asyncio.create_task(self.stay_connected()),
            asyncio.create_task(self.send_heartbeats()),
        ]

    def stop(self) -> None:
        """End every stream. May be called twice."""
        for task in self.tasks:
            task.cancel()
        self.drop_connection()

    # --- Redis ---

    async def stay_connected(self) -> None:
        pause = 0.0
        while True:
            try:
                async with connect(self.url, self.relay) as connection:
                    connection.send("SUBSCRIBE", sse.CLOSE_CHANNEL)
                    await connection.execute("PING")
                    self.redis, pause = connection, 0.0
                    self.first_attempt.set()
                    logger.info("live updates: connected to Redis")
                    await self.watch(connection)
            except OSError as error:
                if not pause:
                    logger.warning("live updates: Redis is unavailable: %r", error)
            except Exception:
                logger.exception("live updates: reconnecting to Redis")
            self.drop_connection()
            self.first_attempt.set()
            pause = min(MAX_RETRY_SECONDS, pause * 2 or 0.1)
            await asyncio.sleep(pause * random.uniform(0.5, 1))

    async def watch(self, connection: RedisConnection) -> None:
        """Never return; raise OSError once the connection is lost or silent."""
        while True:
            await asyncio.wait([connection.lost], timeout=PING_SECONDS)
            await connection.execute("PING")

    def drop_connection(self) -> None:
        streams = self.streams
        self.counts["redis_lost"] += self.redis is not None
        # Reset first, because a new connection has none of the old subscriptions.
        self.reset()
        for stream in streams:
            stream.end("restart")

    def relay(self, messages: list[tuple[bytes, bytes]]) -> None:
        """Write messages that arrived together in one go, in order."""
        touched = {}
        for channel, payload in messages:
            if channel == sse.CLOSE_CHANNEL:
                self.close(payload)
                continue
            for stream in self.by_channel.get(channel):
                stream.add(payload)
                touched[stream] = None
                self.counts["relayed"] += 1
        for stream in touched:
            stream.flush()

    def publish(self, messages: list[tuple]) -> None:
        """Publish what collect_messages() collected. It's lost while Redis is unavailable.

        The next catch-up of a page finds it, as after any lost live update.
        """
        if self.redis is None:
            return
        if any(kind == "close" for kind, *_ in messages):
            raise ValueError("closing streams needs a retry, which only a page's thread has")
        self.redis.send_all([as_command(*message) for message in hints_first(messages)])

    def close(self, subject: bytes) -> None:
        for stream in self.by_subject.get(subject):
            stream.end("access")

    # --- Streams join and leave ---

    async def join(self, stream: Stream, ticket) -> bool:
        """Subscribe the stream. Return False if access was lost after the ticket was issued.

        Raises TooManyStreams, and OSError when Redis is unavailable.
        """
        if self.redis is None:
            raise ConnectionError("Redis is unavailable")
        if len(self.streams) >= self.max_streams:
            raise TooManyStreams
        count = min(len(self.by_subject.get(subject)) for subject in stream.subjects)
        if count >= self.max_streams_per_subject:
            raise TooManyStreams
        self.add(stream)
        # This is sent after the subscriptions, so its reply comes after their confirmation: an
        # earlier close has left its time in Redis, and a later close arrives as a message.
        closed_at = await self.redis.execute("MGET", *map(sse.revoked_key, stream.subjects))
        return not (ticket.is_revoked(closed_at) or stream.ended_because == "access")

    def add(self, stream: Stream) -> None:
        now = time.monotonic()
        self.counts["opened"] += 1
        self.streams[stream] = now + self.heartbeat_seconds
        # The ends are spread, so that pages that connected together don't reconnect together.
        stream.ends_at = now + self.max_age * random.uniform(2 / 3, 1)
        self.by_subject.add(stream.subjects, stream)
        if new := self.by_channel.add(stream.channels, stream):
            self.redis.send("SUBSCRIBE", *new)

    def leave(self, stream: Stream) -> None:
        """Remove the stream. Nothing here awaits, so a cancellation can't leave it half done."""
        self.counts["cut"] += stream.ended_because == "slow"
        stream.release()
        if self.streams.pop(stream, None) is None:
            return
        self.by_subject.remove(stream.subjects, stream)
        if unused := self.by_channel.remove(stream.channels, stream):
            self.redis.send("UNSUBSCRIBE", *unused)

    # --- Heartbeats ---

    async def send_heartbeats(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.send_due_heartbeats(time.monotonic())

    def send_due_heartbeats(self, now: float) -> None:
        """Serve a few streams per tick, because all at once would delay messages."""
        limit = 1 + int(3 * len(self.streams) * TICK_SECONDS / self.heartbeat_seconds)
        for stream in self.due_streams(now, limit):
            del self.streams[stream]
            self.streams[stream] = now + self.heartbeat_seconds  # at the end of the dict
            if now >= stream.ends_at:
                stream.end("restart")
            else:
                stream.add(sse.HEARTBEAT)
                stream.flush()

    def due_streams(self, now: float, limit: int) -> list[Stream]:
        due = []
        for stream, due_at in self.streams.items():
            if due_at > now or len(due) == limit:
                break
            due.append(stream)
        return due

    def stats(self) -> dict:
        return {
            "streams": len(self.streams),
            "channels": len(self.by_channel),
            "subjects": len(self.by_subject),
            "tasks": len(asyncio.all_tasks()),
            "redis": self.redis is not None,
            **self.counts,
        }
