"""The hub's connection to Redis.

redis-py's connection reconnects and resubscribes by itself, and no one notices that messages in
between are missing. Here a lost connection is an event (`lost`) and ends the object. It speaks
RESP3 (Redis 6), which allows ordinary commands on a subscribed connection. Redis replies in order,
so the reply to a command also confirms every subscription that was sent before it.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import asynccontextmanager

import hiredis
from redis.asyncio.connection import parse_url

CONNECT_SECONDS = 2.0
REPLY_SECONDS = 3.0


class RedisError(OSError):
    """Redis replied with an error: wrong password, still loading, not permitted."""


class RedisConnection(asyncio.Protocol):
    """Calls on_messages with [(channel, payload), ...], everything that arrived at once."""

    def __init__(self, on_messages: Callable[[list[tuple[bytes, bytes]]], None]):
        self.on_messages = on_messages
        self.reader = hiredis.Reader(replyError=RedisError)
        # The futures of the next replies, in order; None for a reply that no one needs.
        self.replies: deque[asyncio.Future | None] = deque()
        self.lost = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.reader.feed(data)
        messages = []
        while (reply := self.reader.gets()) is not False:
            if not isinstance(reply, hiredis.PushNotification):
                self.on_reply(reply)
            elif reply[0] == b"message":
                messages.append((reply[1], reply[2]))
        if messages:
            self.on_messages(messages)

    def on_reply(self, reply):
        # A refused (UN)SUBSCRIBE gets a reply too, which no one waits for. From then on each reply
        # would go to the wrong command.
        if not self.replies or isinstance(reply, RedisError):
            self.fail(reply if isinstance(reply, RedisError) else RedisError("unexpected reply"))
            return
        future = self.replies.popleft()
        if future is not None and not future.done():
            future.set_result(reply)

    def connection_lost(self, error):
        self.fail(ConnectionResetError(str(error or "Redis closed the connection")))

    def fail(self, error: OSError) -> None:
        if not self.lost.done():
            self.lost.set_result(error)  # not an exception, which someone would have to retrieve
        while self.replies:
            future = self.replies.popleft()
            if future is not None and not future.done():
                future.set_exception(error)
        self.transport.abort()

    def send(self, *command) -> None:
        """Send a command without a reply: SUBSCRIBE or UNSUBSCRIBE."""
        if not self.lost.done():
            self.transport.write(hiredis.pack_command(command))

    def send_all(self, commands: list[tuple]) -> None:
        """Send commands in one write, without waiting for their replies."""
        if not self.lost.done():
            self.replies.extend([None] * len(commands))
            self.transport.write(b"".join(map(hiredis.pack_command, commands)))

    async def execute(self, *command):
        """Send a command and return its reply. Raises OSError (or TimeoutError) without one."""
        if self.lost.done():
            raise self.lost.result()
        reply = asyncio.get_running_loop().create_future()
        self.replies.append(reply)
        self.send(*command)
        async with asyncio.timeout(REPLY_SECONDS):
            return await reply


@asynccontextmanager
async def connect(url: str, on_messages):
    """Open a connection that is ready for use, and close it afterwards. Raises OSError."""
    options = parse_url(url)
    async with asyncio.timeout(CONNECT_SECONDS):
        connection = await open_socket(options, lambda: RedisConnection(on_messages))
    try:
        await connection.execute("HELLO", "3", *credentials(options), "SETNAME", "messagehub-live")
        await connection.execute("SELECT", str(options.get("db", 0)))
        yield connection
    finally:
        connection.transport.abort()


async def open_socket(options: dict, factory) -> RedisConnection:
    loop = asyncio.get_running_loop()
    if "path" in options:
        _, connection = await loop.create_unix_connection(factory, options["path"])
        return connection
    is_tls = "connection_class" in options  # rediss://
    _, connection = await loop.create_connection(
        factory,
        options.get("host", "localhost"),
        options.get("port", 6379),
        ssl=tls_context(options) if is_tls else None,
    )
    return connection


def tls_context(options: dict) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=options.get("ssl_ca_certs"))
    if options.get("ssl_cert_reqs") in {"none", "CERT_NONE"}:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def credentials(options: dict) -> list[str]:
    if not options.get("password"):
        return []
    return ["AUTH", options.get("username") or "default", options["password"]]
