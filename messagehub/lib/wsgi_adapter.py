"""Django's WSGI application behind an ASGI server: pages in threads, beside the streams' loop.

Threats and troubles it is built against. A header `X_Forwarded_For` becomes the same variable as
`X-Forwarded-For` that a proxy sets: names with underscores are dropped. A client that goes away in
the middle of a body must not have half a message stored: the application is only called once all
of it is here. Waiting for a slow client must not take a thread. More work than can be done in time
is refused at once (503, try again) instead of queued, where everybody would wait behind it. What
passes between a thread and the loop costs up to a switch interval under load, so an ordinary
answer crosses once.
"""

import asyncio
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from tempfile import SpooledTemporaryFile

from messagehub.lib.response_headers import PROTECTIVE_HEADERS

BODY_SECONDS = 30  # between two pieces of a body
MEMORY_BYTES = 1024 * 1024  # of one request's body; the rest is put on disk
CHUNK_SECONDS = 60  # for a reader to take one piece of a long answer
AT_ONCE_BYTES = 256 * 1024  # answers up to this size cross at once
WAITING_EACH = 16  # requests that may wait for each thread: more would only be answered too late


class TooLarge(Exception):
    """The body is larger than may be."""


class Gone(Exception):
    """The client has gone away."""


class WSGIAdapter:
    def __init__(self, application, *, threads: int, most_bytes: int, urgent: str = ""):
        """urgent: a path with a thread of its own, answered also while all others are taken."""
        self.application = application
        self.urgent = urgent
        self.urgent_thread = ThreadPoolExecutor(1, thread_name_prefix="urgent")
        self.most_bytes = most_bytes
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self.most = threads * (1 + WAITING_EACH)
        self.under_way = 0

    async def __call__(self, scope, receive, send):
        with SpooledTemporaryFile(MEMORY_BYTES) as body:
            try:
                await read_body(scope, receive, body, self.most_bytes)
            except Gone:
                pass
            except TooLarge:
                await refuse(send, 413)
            except TimeoutError:
                await refuse(send, 408)
            else:
                await self.answer(scope, body, send)

    async def answer(self, scope, body, send):
        is_urgent = scope["path"] == self.urgent
        if self.under_way >= self.most and not is_urgent:
            await refuse(send, 503)
            return
        loop = asyncio.get_running_loop()
        answer = Answer(send, loop)
        self.under_way += 1
        try:
            threads = self.urgent_thread if is_urgent else self.threads
            await loop.run_in_executor(threads, answer.make, self.application, scope, body)
        except asyncio.CancelledError:
            answer.give_up()
            raise
        finally:
            self.under_way -= 1
        await answer.send_chunks(more=False)


async def read_body(scope, receive, body, most_bytes: int) -> None:
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value or 0) > most_bytes:
            raise TooLarge
    more = True
    while more:
        async with asyncio.timeout(BODY_SECONDS):
            message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body.write(message.get("body", b""))
        if body.tell() > most_bytes:
            raise TooLarge
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
    variables["CONTENT_LENGTH"] = str(length)  # what has really come
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


class Answer:
    """What the application answers. Short: kept until the thread is done. Long: passed on."""

    def __init__(self, send, loop):
        self.send = send
        self.loop = loop
        self.head: dict | None = None
        self.head_sent = False
        self.chunks: list[bytes] = []
        self.sending: Future | None = None

    def make(self, application, scope, body) -> None:
        """In a thread."""
        result = application(wsgi_environ(scope, body), self.start_response)
        try:
            size = 0
            for chunk in result:
                self.chunks.append(chunk)
                size += len(chunk)
                if size > AT_ONCE_BYTES:
                    self.pass_on()
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

    def pass_on(self) -> None:
        """Wait until the client has taken what there is."""
        self.sending = asyncio.run_coroutine_threadsafe(self.send_chunks(more=True), self.loop)
        try:
            self.sending.result(CHUNK_SECONDS)
        finally:
            self.sending.cancel()

    async def send_chunks(self, *, more: bool) -> None:
        if not self.head_sent:
            self.head_sent = True
            await self.send(self.head)
        body, self.chunks = b"".join(self.chunks), []
        await self.send({"type": "http.response.body", "body": body, "more_body": more})

    def give_up(self) -> None:
        """The server is stopping: let go of the thread that waits for a slow reader."""
        if self.sending:
            self.sending.cancel()


async def refuse(send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close"), *PROTECTIVE_HEADERS]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
