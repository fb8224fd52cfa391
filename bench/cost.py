"""Measure what one message costs inside a process: statements, Redis commands, and time.

One thread calls the application as the server would, without a network or other load. What the
server, the WSGI adapter and the streams cost on top shows in the processor time of the load steps.
"""

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
    """Posts a visitor's messages straight into the WSGI application."""

    def __init__(self, key: str, visitors: int):
        from messagehub.wsgi import application

        self.application = application
        self.key, self.visitors, self.turn = key, visitors, 0

    def post(self) -> None:
        from messagehub.lib.wsgi_adapter import wsgi_environ

        self.turn += 1
        words = {"client_id": str(uuid.uuid4()), "body": f"Message {self.turn} of one process."}
        words["page"] = "https://shop.example.com/shirts/blue"
        statuses = []
        with tempfile.SpooledTemporaryFile() as body:
            body.write(json.dumps(words).encode())
            variables = wsgi_environ(self.scope(), body)
            answer = self.application(variables, lambda *head: statuses.append(head[0]))
            b"".join(answer)
            answer.close()
        if not statuses[0].startswith("201"):
            raise RuntimeError(f"answered with {statuses[0]}")

    def scope(self) -> dict:
        token = visitor_token(self.turn % self.visitors)
        return {
            "method": "POST",
            "path": f"/widget/{self.key}/messages/",
            "query_string": b"",
            "http_version": "1.1",
            "headers": [
                (b"host", b"localhost"),
                (b"accept-language", b"en-GB,en;q=0.9,de;q=0.8"),
                (b"authorization", f"Visitor {token}".encode()),
                (b"content-type", b"application/json"),
            ],
        }


def measure(message: Message, count: int) -> dict:
    """Return milliseconds and Redis commands per message, and the statements of one message."""
    for _ in range(min(WARM_UP, count)):
        message.post()
    commands, begin, cpu = redis_commands(), time.perf_counter(), time.thread_time()
    for _ in range(count):
        message.post()
    return {
        "wall": (time.perf_counter() - begin) / count * 1000,
        "cpu": (time.thread_time() - cpu) / count * 1000,
        "redis": (redis_commands() - commands - 1) / count,
        "statements": statements(message),
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
    """Return the 25 functions with the most own time, under the profiler (which slows them)."""
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
