"""The client's side of a stream, as cheap as possible: it only notes each event's age."""

import asyncio
import re
import time

AT = re.compile(rb'"at":([0-9.]+)')
# A browser's headers, which the server has to keep or discard.
HEADERS = """\
Host: localhost
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0
Accept: text/event-stream
Accept-Language: en-GB,en;q=0.9,de;q=0.8
Accept-Encoding: gzip, deflate, br, zstd
Cache-Control: no-cache
Sec-CH-UA: "Chromium";v="142", "Not_A Brand";v="99"
Sec-CH-UA-Mobile: ?0
Sec-CH-UA-Platform: "Linux"
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: cors
Sec-Fetch-Dest: empty
Referer: https://chat.example.com/widget/abcdefghijklmnop/frame/
Cookie: messagehub_session=abcdefghijklmnopqrstuvwxyz012345
"""


class Listener(asyncio.Protocol):
    def __init__(self, channel: str, request: bytes):
        self.channel = channel
        self.request = request
        self.ages: list[float] = []
        self.ready = asyncio.get_running_loop().create_future()
        self.rest = b""

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data):
        now = time.perf_counter()
        if not self.ready.done() and b"ready" in data:
            self.ready.set_result(None)
        *whole, self.rest = (self.rest + data).split(b"\n\n")
        for event in whole:
            if found := AT.search(event):
                self.ages.append(now - float(found[1]))

    def connection_lost(self, error):
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"refused: {self.rest[:200]!r}"))

    def take_ages(self) -> list[float]:
        ages, self.ages = self.ages, []
        return ages


async def open_stream(source: str, port: int, channel: str, ticket: str) -> Listener:
    head = f"GET /live/ HTTP/1.1\n{HEADERS}Authorization: Bearer {ticket}\n\n"
    return await open_connection(source, port, channel, head.replace("\n", "\r\n").encode())


async def open_bare(source: str, port: int, channel: str) -> Listener:
    return await open_connection(source, port, channel, f"live:{channel}".encode())


async def open_connection(source: str, port: int, channel: str, request: bytes) -> Listener:
    _, listener = await asyncio.get_running_loop().create_connection(
        lambda: Listener(channel, request), "127.0.0.1", port, local_addr=(source, 0)
    )
    await listener.ready
    return listener
