"""One open stream: what is to be written, and its end.

Writing takes neither a task nor a timer. ASGI's `send` waits only when the socket is full, so it
is run on the spot; only if it does have to wait does a task finish it, and what comes meanwhile
waits in a bounded queue. A reader too slow even for that is cut off: it comes back and catches up.
"""

import asyncio
import types

from messagehub.lib.live import sse

# Beyond the server's own write buffer (64 KiB) and the kernel's.
MOST_WAITING_BYTES = 256 * 1024

OPENING, OPEN, ENDED = range(3)
BYES = {"access": sse.BYE_ACCESS, "restart": sse.BYE_RESTART}


class Stream:
    __slots__ = (
        "channels",
        "ended_because",
        "ends_at",
        "opener",
        "send",
        "state",
        "subjects",
        "waiting",
        "writer",
    )

    def __init__(self, send, ticket):
        self.send = send
        self.channels = ticket.channels
        self.subjects = ticket.subjects
        self.state = OPENING
        self.ended_because: str | None = None
        self.ends_at = 0.0
        self.waiting: list[bytes] | None = None
        self.writer: asyncio.Task | None = None  # only while the socket is full
        self.opener = asyncio.current_task()

    def add(self, data: bytes) -> None:
        """Put into the queue; `flush` writes it."""
        if self.state == ENDED:
            return
        if self.waiting is None:
            self.waiting = [data]
        else:
            self.waiting.append(data)

    def begin(self) -> None:
        """The answer's head is out: say ready, then what has come since the subscription."""
        if self.state == ENDED:
            return
        self.state = OPEN
        if reason := self.ended_because:
            self.ended_because = None
            self.end(reason)
            return
        self.waiting = [sse.READY, *(self.waiting or ())]
        self.flush()

    def flush(self) -> None:
        """Write what waits, if the socket takes it."""
        if not self.waiting:
            return
        if self.state == OPEN and self.writer is None:
            self.write(self.take())
        elif sum(map(len, self.waiting)) > MOST_WAITING_BYTES:
            self.cut("slow")

    def take(self) -> bytes:
        waiting, self.waiting = self.waiting, None
        return waiting[0] if len(waiting) == 1 else b"".join(waiting)

    def write(self, data: bytes, *, last: bool = False) -> None:
        sending = self.send({"type": "http.response.body", "body": data, "more_body": not last})
        try:
            obstacle = sending.send(None)
        except StopIteration:
            return
        except Exception as error:
            self.cut(repr(error))
            return
        self.writer = asyncio.create_task(self.finish(sending, obstacle))

    async def finish(self, sending, obstacle) -> None:
        try:
            await resume(sending, obstacle)
            while self.waiting:
                await self.send(
                    {"type": "http.response.body", "body": self.take(), "more_body": True}
                )
        except Exception as error:
            self.cut(repr(error))
        finally:
            self.writer = None

    def end(self, reason: str) -> None:
        """Say goodbye and close. While it is being opened, `begin` does that."""
        if self.ended_because:
            return
        self.ended_because = reason
        if self.state == OPENING:
            return
        if self.writer:
            self.cut(reason)  # it does not read: no use waiting until it hears the goodbye
            return
        self.add(BYES[reason])
        self.state = ENDED
        self.write(self.take(), last=True)

    def cut(self, reason: str) -> None:
        """Close without a word, whatever is still in the buffers."""
        self.state = ENDED
        self.ended_because = self.ended_because or reason
        self.waiting = None
        # ASGI knows no way to drop a connection, and closing it would wait for its buffer to be
        # read. uvicorn's `send` is a method of the object that has the transport.
        transport = getattr(getattr(self.send, "__self__", None), "transport", None)
        if transport:
            transport.abort()
        else:
            self.opener.cancel()

    def release(self) -> None:
        """The connection is gone."""
        self.state = ENDED
        self.waiting = None
        if self.writer:
            self.writer.cancel()


@types.coroutine
def resume(coroutine, obstacle):
    """Go on with a coroutine that was started by hand and now waits for `obstacle`."""
    yield obstacle
    yield from coroutine.__await__()
