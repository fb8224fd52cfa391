"""A small WSGI application behind the adapter, with one thread."""

import os
import time
from pathlib import Path

from messagehub.lib.wsgi_adapter import WSGIAdapter

seen = []


def pages(environ, start_response):
    page = PAGES[environ["PATH_INFO"]]
    return page(environ, start_response)


def variables(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    names = ("REMOTE_ADDR", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH")
    names += ("SCRIPT_NAME", "wsgi.url_scheme")
    yield from (
        f"{name}={value}\n".encode("latin-1")
        for name, value in sorted(environ.items())
        if name in names or name.startswith("HTTP_")
    )


def echo(environ, start_response):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    seen.append(body)
    start_response("201 Created", [("Content-Length", str(len(body)))])
    return [body]


def last(environ, start_response):
    start_response("200 OK", [])
    return [seen[-1]]


def long(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    for number in range(300):
        yield b"%099d\n" % number * 1000


def slow(environ, start_response):
    while not Path(os.environ["GATE"]).exists():
        time.sleep(0.01)
    start_response("200 OK", [("Content-Length", "4")])
    return [b"slow"]


def broken(environ, start_response):
    raise ValueError("broken")


def nothing(environ, start_response):
    start_response("204 No Content", [])
    return []


PAGES = {
    "/variables": variables,
    "/echo": echo,
    "/last": last,
    "/long": long,
    "/slow": slow,
    "/broken": broken,
    "/nothing": nothing,
}
adapter = WSGIAdapter(
    pages, threads=1, max_body_bytes=lambda path: 3_000_000, urgent_path="/nothing"
)


async def app(scope, receive, send):
    if scope["type"] == "http":
        await adapter(scope, receive, send)
