"""Run Django's WSGI application behind an ASGI server: pages in threads, beside the streams' loop.

Threats it is built against:

- `X_Forwarded_For` becomes the same WSGI variable as the `X-Forwarded-For` that a proxy sets, so
  headers with underscores in their names are dropped.
- A client that disconnects in the middle of a body must not get half a message stored, so the
  application is only called once the whole body has arrived.
- A slow client must not occupy a thread, neither while it sends nor while it reads.
- Requests that can't be answered in time are refused at once (503) instead of queued, because
  every later request would wait behind them.

Passing data between a thread and the loop costs up to a switch interval under load, so an ordinary
response crosses over once.
"""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from tempfile import SpooledTemporaryFile

from messagehub.lib.response_headers import PROTECTIVE_HEADERS

BODY_CHUNK_SECONDS = 30  # to wait for the next chunk of a request's body
BODY_MEMORY_BYTES = 1024 * 1024  # of one request's body; the rest is put on disk
READ_SECONDS = 60  # for a client to read one chunk of a long response
BUFFER_BYTES = 256 * 1024  # responses up to this size cross to the loop at once
# Enough for fifty desks that reconnect after a restart; more requests would be answered too late.
QUEUED_PER_THREAD = 40


class BodyTooLarge(Exception):
    pass


class ClientDisconnected(Exception):
    pass


class WSGIAdapter:
    def __init__(
        self,
        application,
        *,
        threads: int,
        max_body_bytes: Callable[[str], int],
        urgent_path: str = "",
        shortcut=None,
    ):
        """max_body_bytes(path): the limit of a request's body; a larger one is refused with 413.

        urgent_path has a thread of its own and is answered even while all others are busy.

        shortcut(scope, body, send): a coroutine function that responds on the event loop and
            returns True, or returns False to leave the request to the application.
        """
        self.application = application
        self.shortcut = shortcut
        self.urgent_path = urgent_path
        self.urgent_thread = ThreadPoolExecutor(1, thread_name_prefix="urgent")
        self.max_body_bytes = max_body_bytes
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self.max_requests = threads * (1 + QUEUED_PER_THREAD)
        self.open_requests = 0

    async def __call__(self, scope, receive, send):
        with SpooledTemporaryFile(BODY_MEMORY_BYTES) as body:
            try:
                path = scope["path"].removeprefix(scope.get("root_path", ""))
                await read_body(scope, receive, body, self.max_body_bytes(path))
            except ClientDisconnected:
                pass
            except BodyTooLarge:
                await refuse(send, 413)
            except TimeoutError:
                await refuse(send, 408)
            else:
                if not (self.shortcut and await self.shortcut(scope, body, send)):
                    await self.respond(scope, body, send)

    async def respond(self, scope, body, send):
        is_urgent = scope["path"] == self.urgent_path
        if self.open_requests >= self.max_requests and not is_urgent:
            await refuse(send, 503)
            return
        loop = asyncio.get_running_loop()
        response = Response(send, loop)
        self.open_requests += 1
        try:
            threads = self.urgent_thread if is_urgent else self.threads
            await loop.run_in_executor(threads, response.produce, self.application, scope, body)
        except asyncio.CancelledError:
            response.cancel()
            raise
        finally:
            self.open_requests -= 1
        await response.send_chunks(more=False)


async def read_body(scope, receive, body, max_bytes: int) -> None:
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value or 0) > max_bytes:
            raise BodyTooLarge
    more = True
    while more:
        async with asyncio.timeout(BODY_CHUNK_SECONDS):
            message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        body.write(message.get("body", b""))
        if body.tell() > max_bytes:
            raise BodyTooLarge
        more = message.get("more_body", False)


def wsgi_environ(scope, body) -> dict:
    length = body.tell()
    body.seek(0)
    root, path = scope.get("root_path", ""), scope["path"]
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    variables = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root.encode().decode("latin-1"),
        "PATH_INFO": path.removeprefix(root).encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        add_header(variables, name.decode("latin-1"), value.decode("latin-1"))
    variables["CONTENT_LENGTH"] = str(length)  # of the body that arrived
    return variables


def add_header(variables: dict, name: str, value: str) -> None:
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    if key in variables:
        value = f"{variables[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    variables[key] = value


class Response:
    """The application's response: a short one is sent when it is complete, a long one in chunks."""

    def __init__(self, send, loop):
        self.send = send
        self.loop = loop
        self.head: dict | None = None
        self.head_sent = False
        self.chunks: list[bytes] = []
        self.sending: Future | None = None

    def produce(self, application, scope, body) -> None:
        """Call the application. Runs in a thread."""
        result = application(wsgi_environ(scope, body), self.start_response)
        try:
            size = 0
            for chunk in result:
                self.chunks.append(chunk)
                size += len(chunk)
                if size > BUFFER_BYTES:
                    self.send_from_thread()
                    size = 0
        finally:
            if hasattr(result, "close"):
                result.close()

    def start_response(self, status, headers, exc_info=None):
        self.head = {
            "type": "http.response.start",
            "status": int(status[:3]),
            "headers": [
                (name.lower().encode("latin-1"), value.strip().encode("latin-1"))
                for name, value in headers
            ],
        }
        return self.chunks.append

    def send_from_thread(self) -> None:
        """Send the chunks so far and wait until the client has read them."""
        self.sending = asyncio.run_coroutine_threadsafe(self.send_chunks(more=True), self.loop)
        try:
            self.sending.result(READ_SECONDS)
        finally:
            self.sending.cancel()

    async def send_chunks(self, *, more: bool) -> None:
        if not self.head_sent:
            self.head_sent = True
            await self.send(self.head)
        body, self.chunks = b"".join(self.chunks), []
        await self.send({"type": "http.response.body", "body": body, "more_body": more})

    def cancel(self) -> None:
        """Free the thread that waits for a slow reader, because the server is stopping."""
        if self.sending:
            self.sending.cancel()


async def refuse(send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close"), *PROTECTIVE_HEADERS]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
