"""A signed-in member's browser inside this process: it calls the WSGI application directly."""

import tempfile
import time
from typing import NamedTuple

from bench.report import quantile
from bench.stack import cpu_seconds, family


class Response(NamedTuple):
    """Milliseconds: by the clock, and of this thread's processor."""

    status: int
    body: bytes
    milliseconds: float
    processor: float


class Browser:
    def __init__(self, membership):
        from django.conf import settings
        from django.test import Client

        from messagehub.wsgi import application

        client = Client()
        client.force_login(membership.user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session}".encode()
        self.application = application
        self.root = f"/w/{membership.workspace.slug}/"

    def get(self, path: str, target: str = "") -> Response:
        """Ask for a path of the workspace; target: the part of the page that htmx replaces."""
        from messagehub.lib.wsgi_adapter import wsgi_environ

        path, _, query = path.partition("?")
        headers = [(b"host", b"localhost"), (b"cookie", self.cookie), (b"accept", b"*/*")]
        if target:
            headers += [(b"hx-request", b"true"), (b"hx-target", target.encode())]
        path = path if path.startswith("/") else self.root + path
        scope = {"method": "GET", "path": path, "http_version": "1.1"}
        scope |= {"query_string": query.encode(), "headers": headers}
        statuses = []
        with tempfile.SpooledTemporaryFile() as nothing:
            began, processor = time.perf_counter(), time.thread_time()
            answer = self.application(
                wsgi_environ(scope, nothing), lambda *head: statuses.append(head[0])
            )
            body = b"".join(answer)
            answer.close()
            took = time.perf_counter() - began, time.thread_time() - processor
        response = Response(int(statuses[0][:3]), body, *(1000 * each for each in took))
        if response.status != 200:
            raise RuntimeError(f"{path}?{query} was answered with {response.status}")
        return response


class Measured(NamedTuple):
    """What a request takes: milliseconds, and processor milliseconds with PostgreSQL's share."""

    took: list[float]
    queries: int
    processor: float
    postgres: float
    body: bytes

    @property
    def p50(self):
        return quantile(self.took, 0.5)

    @property
    def p95(self):
        return quantile(self.took, 0.95)


def measure(browser: Browser, path: str, times: int, target: str = "") -> Measured:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(min(times, 5)):  # compiles templates and prepares statements
        response = browser.get(path, target)
    with CaptureQueriesContext(connection) as captured:
        browser.get(path, target)
    queries = len(captured)  # the next request forgets them
    before = postgres_seconds()
    found = [browser.get(path, target) for _ in range(times)]
    postgres = (postgres_seconds() - before) / times * 1000
    took = [each.milliseconds for each in found]
    ours = sum(each.processor for each in found) / times
    return Measured(took, queries, ours + postgres, postgres, response.body)


def postgres_seconds() -> float:
    """Return what all processes of this directory's PostgreSQL have used so far."""
    from django.conf import settings

    [first, *_] = (settings.DATA_DIR / "run" / "postgres.pid").read_text().split()
    return sum(cpu_seconds(pid) for pid in family(int(first)))
