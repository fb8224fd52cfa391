"""Measure what one message costs inside a process: statements, Redis commands, and time.

The application is called as the server would, without a network or other load. What the server and
the streams cost on top shows in the processor time of the load steps.

    the server's path    messagehub.asgi, in its event loop
    the regular path     messagehub.wsgi, in one thread: what serves everything that isn't a plain
                         follow-up message
"""

import asyncio
import cProfile
import io
import json
import pstats
import re
import tempfile
import time
import uuid
from collections import Counter

from bench.people import visitor_token

WARM_UP = 100


class Message:
    """Posts a visitor's messages straight into the application."""

    def __init__(self, key: str, visitors: int):
        self.key, self.visitors, self.turn = key, visitors, 0
        self.start()

    def start(self) -> None:
        raise NotImplementedError

    def post(self) -> None:
        self.turn += 1
        data = {"client_id": str(uuid.uuid4()), "body": f"Message {self.turn} of one process."}
        data["page"] = "https://shop.example.com/shirts/blue"
        body = json.dumps(data).encode()
        status = self.call(self.scope(body), body)
        if status != 201:
            raise RuntimeError(f"answered with {status}")

    def call(self, scope: dict, body: bytes) -> int:
        raise NotImplementedError

    def stop(self) -> None:
        pass

    def scope(self, body: bytes) -> dict:
        token = visitor_token(self.turn % self.visitors)
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "method": "POST",
            "scheme": "http",
            "path": f"/widget/{self.key}/messages/",
            "raw_path": f"/widget/{self.key}/messages/".encode(),
            "root_path": "",
            "query_string": b"",
            "http_version": "1.1",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 50000),
            "headers": [
                (b"host", b"localhost"),
                (b"accept-language", b"en-GB,en;q=0.9,de;q=0.8"),
                (b"authorization", f"Visitor {token}".encode()),
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"origin", b"http://localhost"),
            ],
        }


class ServerPath(Message):
    """Calls messagehub.asgi in an event loop, started like a server's (ASGI's lifespan)."""

    def start(self) -> None:
        import uvloop

        from messagehub.asgi import application

        self.application = application
        self.loop = uvloop.new_event_loop()
        self.loop.run_until_complete(self.start_application())

    async def start_application(self) -> None:
        self.events, started = asyncio.Queue(), asyncio.get_running_loop().create_future()
        self.events.put_nowait({"type": "lifespan.startup"})

        async def send(event):
            if not started.done():
                started.set_result(event)

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self.lifespan = asyncio.ensure_future(self.application(scope, self.events.get, send))
        event = await started
        if event["type"] != "lifespan.startup.complete":
            raise RuntimeError(f"the application did not start: {event}")

    def call(self, scope: dict, body: bytes) -> int:
        return self.loop.run_until_complete(self.respond(scope, body))

    async def respond(self, scope: dict, body: bytes) -> int:
        statuses = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event):
            if event["type"] == "http.response.start":
                statuses.append(event["status"])

        await self.application(scope, receive, send)
        return statuses[0]

    def stop(self) -> None:
        self.events.put_nowait({"type": "lifespan.shutdown"})
        self.loop.run_until_complete(self.lifespan)
        self.loop.close()


class RegularPath(Message):
    """Calls messagehub.wsgi in this thread."""

    def start(self) -> None:
        from messagehub.wsgi import application

        self.application = application

    def call(self, scope: dict, body: bytes) -> int:
        from messagehub.lib.wsgi_adapter import wsgi_environ

        statuses = []
        with tempfile.SpooledTemporaryFile() as file:
            file.write(body)
            variables = wsgi_environ(scope, file)
            answer = self.application(variables, lambda *head: statuses.append(head[0]))
            b"".join(answer)
            answer.close()
        return int(statuses[0][:3])


PATHS = {"the server's path (ASGI)": ServerPath, "the regular path (WSGI)": RegularPath}


def report(key: str, arguments) -> list[str]:
    """Measure both ways. With arguments.profile, also print statements and profiles."""
    lines = []
    for name, way in PATHS.items():
        message = way(key, arguments.visitors)
        try:
            lines += describe(name, message, arguments)
        finally:
            message.stop()
    return lines


def describe(name: str, message: Message, arguments) -> list[str]:
    found = measure(message, arguments.count)
    line = (
        f"One message in one process, {name}: {found['wall']:.1f} ms, of which {found['cpu']:.1f} "
        f"ms are Python's own; {found['redis']:.1f} Redis commands"
    )
    # Statements of other threads and connections than this thread's can't be seen from here.
    queries = statements(message) if isinstance(message, RegularPath) else []
    line += f"; {len(queries)} statements ({kinds(queries)})." if queries else "."
    lines = [line, ""]
    if arguments.profile:
        lines += ["```"]
        lines += [f"{took:6.2f} ms  {sql}" for sql, took in queries]
        lines += [profile(message, arguments.count).strip(), "```", ""]
    return lines


def measure(message: Message, count: int) -> dict:
    """Return milliseconds (of all threads) and Redis commands per message."""
    for _ in range(min(WARM_UP, count)):
        message.post()
    commands, begin, cpu = redis_commands(), time.perf_counter(), time.process_time()
    for _ in range(count):
        message.post()
    return {
        "wall": (time.perf_counter() - begin) / count * 1000,
        "cpu": (time.process_time() - cpu) / count * 1000,
        "redis": (redis_commands() - commands - 1) / count,
    }


def statements(message: Message) -> list[tuple[str, float]]:
    """Return [(statement, milliseconds)] in order, including BEGIN and COMMIT."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        message.post()
    return [(shortened(query["sql"]), float(query["time"]) * 1000) for query in captured]


def shortened(sql: str) -> str:
    sql = re.sub(r'^SELECT .*? FROM "(\w+)"', r"SELECT … FROM \1", sql)
    sql = re.sub(r"'[^']*'(::\w+)?", "?", sql.replace('"', ""))
    return sql if len(sql) < 150 else f"{sql[:149]}…"


def redis_commands() -> int:
    from messagehub.lib import redis

    return redis.client().info("stats")["total_commands_processed"]


def profile(message: Message, count: int) -> str:
    """Return where this thread's time goes, under the profiler (which slows it)."""
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(count):
        message.post()
    profiler.disable()
    text = io.StringIO()
    stats = pstats.Stats(profiler, stream=text).strip_dirs()
    stats.sort_stats("tottime").print_stats(25)
    stats.sort_stats("cumtime").print_stats(60)
    return text.getvalue()


def kinds(found: list[tuple[str, float]]) -> str:
    counts = Counter(sql.split()[0] for sql, _ in found)
    return ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
