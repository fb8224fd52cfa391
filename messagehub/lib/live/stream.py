"""One open stream: its queue of events, and how it ends.

Writing needs neither a task nor a timer. ASGI's `send` only waits when the socket is full, so its
coroutine is run at once. If it does have to wait, a task finishes it, and later events wait in a
bounded queue. A reader too slow even for that is disconnected; it reconnects and catches up.
"""

import asyncio
import types

from messagehub.lib.live import sse

# In addition to the write buffers of the server (64 KiB) and the kernel.
MAX_QUEUED_BYTES = 256 * 1024

OPENING, OPEN, ENDED = range(3)
BYES = {"access": sse.BYE_ACCESS, "restart": sse.BYE_RESTART}


class Stream:
    __slots__ = (
        "channels",
        "ended_because",
        "ends_at",
        "opener",
        "queue",
        "send",
        "state",
        "subjects",
        "writer",
    )

    def __init__(self, send, ticket):
        self.send = send
        self.channels = ticket.channels
        self.subjects = ticket.subjects
        self.state = OPENING
        self.ended_because: str | None = None
        self.ends_at = 0.0
        self.queue: list[bytes] | None = None
        self.writer: asyncio.Task | None = None  # only while the socket is full
        self.opener = asyncio.current_task()

    def add(self, data: bytes) -> None:
        """Add data to the queue; `flush` writes it."""
        if self.state == ENDED:
            return
        if self.queue is None:
            self.queue = [data]
        else:
            self.queue.append(data)

    def begin(self) -> None:
        """Send "ready" and everything queued since the subscription, after the headers are sent."""
        if self.state == ENDED:
            return
        self.state = OPEN
        if reason := self.ended_because:
            self.ended_because = None
            self.end(reason)
            return
        self.queue = [sse.READY, *(self.queue or ())]
        self.flush()

    def flush(self) -> None:
        """Write the queue unless the socket is full."""
        if not self.queue:
            return
        if self.state == OPEN and self.writer is None:
            self.write(self.take_queue())
        elif sum(map(len, self.queue)) > MAX_QUEUED_BYTES:
            self.disconnect("slow")

    def take_queue(self) -> bytes:
        queue, self.queue = self.queue, None
        return queue[0] if len(queue) == 1 else b"".join(queue)

    def write(self, data: bytes, *, last: bool = False) -> None:
        sending = self.send({"type": "http.response.body", "body": data, "more_body": not last})
        try:
            awaited = sending.send(None)
        except StopIteration:
            return
        except Exception as error:
            self.disconnect(repr(error))
            return
        self.writer = asyncio.create_task(self.finish(sending, awaited))

    async def finish(self, sending, awaited) -> None:
        try:
            await resume(sending, awaited)
            while self.queue:
                await self.send(
                    {"type": "http.response.body", "body": self.take_queue(), "more_body": True}
                )
        except Exception as error:
            self.disconnect(repr(error))
        finally:
            self.writer = None

    def end(self, reason: str) -> None:
        """Send "bye" and close. If the stream is still being opened, `begin` does it."""
        if self.ended_because:
            return
        self.ended_because = reason
        if self.state == OPENING:
            return
        if self.writer:
            self.disconnect(reason)  # the client isn't reading, so it would not see the "bye"
            return
        self.add(BYES[reason])
        self.state = ENDED
        self.write(self.take_queue(), last=True)

    def disconnect(self, reason: str) -> None:
        """Close at once without a "bye", and discard what is still buffered."""
        self.state = ENDED
        self.ended_because = self.ended_because or reason
        self.queue = None
        # ASGI has no way to drop a connection, and closing it would wait until its buffer is read.
        # uvicorn's `send` is a method of the object that has the transport.
        transport = getattr(getattr(self.send, "__self__", None), "transport", None)
        if transport:
            transport.abort()
        else:
            self.opener.cancel()

    def release(self) -> None:
        """Free everything after the connection was lost."""
        self.state = ENDED
        self.queue = None
        if self.writer:
            self.writer.cancel()


@types.coroutine
def resume(coroutine, awaited):
    """Continue a coroutine that was started by hand and now waits for `awaited`."""
    yield awaited
    yield from coroutine.__await__()
