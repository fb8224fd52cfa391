"""A browser's two connections, as cheap as possible: requests and the stream."""

import asyncio
import re
import time
from collections.abc import Callable

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
BROWSER = """\
Host: localhost:{port}
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0
Accept: */*
Accept-Language: en-GB,en;q=0.9,de;q=0.8
Accept-Encoding: gzip, deflate, br, zstd
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: cors
Sec-Fetch-Dest: empty
"""


def request(method: str, path: str, port: int, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *BROWSER.format(port=port).splitlines()]
    if method == "POST":
        headers = {"Content-Length": str(len(body)), **headers}
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Requests(asyncio.Protocol):
    """A keep-alive connection that handles one request at a time; others wait as in a browser."""

    def __init__(self, port: int):
        self.port = port
        self.one_at_a_time = asyncio.Lock()
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future | None = None
        self.received = b""

    async def ask(self, message: bytes) -> tuple[int, bytes, float]:
        """Return the status, the body and the time of the response. Raises OSError."""
        async with self.one_at_a_time:
            kept = self.transport is not None and not self.transport.is_closing()
            if not kept:
                await self.connect()
            try:
                return await self.exchange(message)
            except ConnectionError:
                if not kept:
                    raise
            # The server closed the idle connection just now.
            await self.connect()
            return await self.exchange(message)

    async def connect(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self.port)

    async def exchange(self, message: bytes) -> tuple[int, bytes, float]:
        self.answer = asyncio.get_running_loop().create_future()
        self.received = b""
        self.transport.write(message)
        return await self.answer

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        now = time.perf_counter()
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if end and len(body) >= int(length[1] if length else 0) and not self.answer.done():
            self.answer.set_result((int(head[9:12]), body, now))

    def connection_lost(self, error):
        if self.answer and not self.answer.done():
            self.answer.set_exception(ConnectionResetError("closed before the answer"))

    def close(self):
        if self.transport:
            self.transport.abort()


class Stream(asyncio.Protocol):
    """An open `GET /live/` that calls on_events(data, now) with one or more whole events."""

    def __init__(self, on_events: Callable[[bytes, float], None]):
        self.on_events = on_events
        self.ready = asyncio.get_running_loop().create_future()
        self.rest = b""
        self.lost = False

    @classmethod
    async def open(cls, port: int, ticket: str, on_events) -> "Stream":
        loop = asyncio.get_running_loop()
        _, stream = await loop.create_connection(lambda: cls(on_events), "127.0.0.1", port)
        headers = {"Authorization": f"Bearer {ticket}"}
        stream.transport.write(request("GET", "/live/", port, headers))
        await asyncio.wait_for(stream.ready, 30)
        return stream

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        now = time.perf_counter()
        if self.rest:
            data = self.rest + data
        end = data.rfind(b"\n\n") + 2
        if end == 1:
            self.rest = data
            return
        self.rest = b"" if len(data) - end == 2 else data[end:]  # what ends a chunk isn't kept
        if self.ready.done():
            self.on_events(data, now)
        elif b"event: ready" in data:
            self.ready.set_result(None)

    def connection_lost(self, error):
        self.lost = True
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"no stream: {self.rest[:100]!r}"))
