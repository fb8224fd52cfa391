"""Serve `GET /live/`: check the ticket and open a stream.

Only a ticket in the Authorization header opens a stream. Another site's page can't send that
header, because no CORS headers are ever sent, and cookies are ignored.
"""

import json

from messagehub.lib.live import sse, tickets
from messagehub.lib.live.hub import Hub, TooManyStreams
from messagehub.lib.live.stream import Stream
from messagehub.lib.response_headers import PROTECTIVE_HEADERS

STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
]
# A ticket for this channel gives access to the hub's figures.
STATS_CHANNEL = "hub-stats"


async def serve(hub: Hub, scope, receive, send) -> None:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    if path not in ("/live/", "/live/stats"):
        await respond(send, 404)
    elif scope["method"] != "GET":
        await respond(send, 405, (b"allow", b"GET"))
    elif not (ticket := read_ticket(scope)):
        await respond(send, 401, (b"www-authenticate", b"Bearer"))
    elif path == "/live/":
        await open_stream(hub, ticket, scope, receive, send)
    elif sse.channel_name(STATS_CHANNEL) in ticket.channels:
        await respond(send, 200, body=json.dumps(hub.stats()).encode())
    else:
        await respond(send, 401, (b"www-authenticate", b"Bearer"))


def read_ticket(scope) -> tickets.Ticket | None:
    values = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(values) != 1:
        return None
    scheme, _, ticket = values[0].decode("latin-1").partition(" ")
    return tickets.read(ticket.strip()) if scheme.lower() == "bearer" else None


async def open_stream(hub: Hub, ticket, scope, receive, send) -> None:
    stream = Stream(send, ticket)
    try:
        try:
            has_access = await hub.join(stream, ticket)
        except TooManyStreams:
            await respond(send, 503, (b"retry-after", b"10"))
            return
        except OSError:
            await respond(send, 503, (b"retry-after", b"2"))
            return
        if not has_access:
            await respond(send, 401, (b"www-authenticate", b"Bearer"))
            return
        await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
        # A browser's request headers take 2 KiB, which the stream would keep until it ends.
        scope["headers"].clear()
        stream.begin()
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        hub.leave(stream)


async def respond(send, status: int, *headers: tuple[bytes, bytes], body: bytes = b"") -> None:
    headers = [
        *headers,
        (b"content-type", b"application/json" if body else b"text/plain"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *PROTECTIVE_HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
