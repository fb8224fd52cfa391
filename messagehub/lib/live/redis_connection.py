"""The hub's one connection to Redis.

Not redis-py's: that reconnects and subscribes again by itself, and what was published in between
is missing with nobody the wiser. Here a lost connection is an event (`lost`) and the object is
finished. It speaks RESP3 (Redis 6), where ordinary commands may be sent on a connection that
listens. Redis answers in order, so an answer to a command also confirms every subscription that
was sent before it.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import asynccontextmanager

import hiredis
from redis.asyncio.connection import parse_url

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 3.0


class Refused(OSError):
    """Redis answered with an error: wrong password, still loading, not permitted."""


class Link(asyncio.Protocol):
    """heard(messages): called with [(channel, payload), ...], all that arrived at once."""

    def __init__(self, heard: Callable[[list[tuple[bytes, bytes]]], None]):
        self.heard = heard
        self.reader = hiredis.Reader(replyError=Refused)
        self.answers: deque[asyncio.Future] = deque()
        self.lost = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.reader.feed(data)
        messages = []
        while (reply := self.reader.gets()) is not False:
            if not isinstance(reply, hiredis.PushNotification):
                self.answered(reply)
            elif reply[0] == b"message":
                messages.append((reply[1], reply[2]))
        if messages:
            self.heard(messages)

    def answered(self, reply):
        # A refused (UN)SUBSCRIBE gives an answer too, one that nobody waits for: from there on
        # answers would go to the wrong question.
        if not self.answers or isinstance(reply, Refused):
            self.fail(reply if isinstance(reply, Refused) else Refused("an answer to no question"))
            return
        answer = self.answers.popleft()
        if not answer.done():
            answer.set_result(reply)

    def connection_lost(self, error):
        self.fail(ConnectionResetError(str(error or "Redis closed the connection")))

    def fail(self, error: OSError) -> None:
        if not self.lost.done():
            self.lost.set_result(error)  # a result: nobody has to fetch it
        while self.answers:
            answer = self.answers.popleft()
            if not answer.done():
                answer.set_exception(error)
        self.transport.abort()

    def tell(self, *command) -> None:
        """SUBSCRIBE and UNSUBSCRIBE: nothing is answered."""
        if not self.lost.done():
            self.transport.write(hiredis.pack_command(command))

    async def ask(self, *command):
        """The answer. Raises OSError (also TimeoutError) when it does not come."""
        if self.lost.done():
            raise self.lost.result()
        answer = asyncio.get_running_loop().create_future()
        self.answers.append(answer)
        self.tell(*command)
        async with asyncio.timeout(ANSWER_SECONDS):
            return await answer


@asynccontextmanager
async def connect(url: str, heard):
    """A link that is ready for use, and closed afterwards. Raises OSError."""
    address = parse_url(url)
    async with asyncio.timeout(CONNECT_SECONDS):
        link = await open_socket(address, lambda: Link(heard))
    try:
        await link.ask("HELLO", "3", *credentials(address), "SETNAME", "messagehub-live")
        await link.ask("SELECT", str(address.get("db", 0)))
        yield link
    finally:
        link.transport.abort()


async def open_socket(address: dict, make_link) -> Link:
    loop = asyncio.get_running_loop()
    if "path" in address:
        _, link = await loop.create_unix_connection(make_link, address["path"])
        return link
    secure = "connection_class" in address  # rediss://
    _, link = await loop.create_connection(
        make_link,
        address.get("host", "localhost"),
        address.get("port", 6379),
        ssl=tls(address) if secure else None,
    )
    return link


def tls(address: dict) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=address.get("ssl_ca_certs"))
    if address.get("ssl_cert_reqs") in {"none", "CERT_NONE"}:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def credentials(address: dict) -> list[str]:
    if not address.get("password"):
        return []
    return ["AUTH", address.get("username") or "default", address["password"]]
