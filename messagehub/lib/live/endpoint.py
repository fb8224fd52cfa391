"""`GET /live/`: who may come in, and as what.

Only a ticket opens a stream, and only from the Authorization header: no page of another site can
send it (no CORS headers are ever given), and no cookie counts.
"""

import json

from messagehub.lib.live import sse, tickets
from messagehub.lib.live.hub import Busy, Hub
from messagehub.lib.live.stream import Stream
from messagehub.lib.response_headers import PROTECTIVE_HEADERS

STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
]
# Figures about the hub are for whoever can sign a ticket for this channel.
STATS = "hub-stats"


async def enter(hub: Hub, scope, receive, send) -> None:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    if path not in ("/live/", "/live/stats"):
        await answer(send, 404)
    elif scope["method"] != "GET":
        await answer(send, 405, (b"allow", b"GET"))
    elif not (ticket := ticket_of(scope)):
        await answer(send, 401, (b"www-authenticate", b"Bearer"))
    elif path == "/live/":
        await open_stream(hub, ticket, scope, receive, send)
    elif sse.channel_name(STATS) in ticket.channels:
        await answer(send, 200, body=json.dumps(hub.stats()).encode())
    else:
        await answer(send, 401, (b"www-authenticate", b"Bearer"))


def ticket_of(scope) -> tickets.Ticket | None:
    values = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(values) != 1:
        return None
    scheme, _, ticket = values[0].decode("latin-1").partition(" ")
    return tickets.read(ticket.strip()) if scheme.lower() == "bearer" else None


async def open_stream(hub: Hub, ticket, scope, receive, send) -> None:
    stream = Stream(send, ticket)
    try:
        try:
            welcome = await hub.join(stream, ticket)
        except Busy:
            await answer(send, 503, (b"retry-after", b"10"))
            return
        except OSError:
            await answer(send, 503, (b"retry-after", b"2"))
            return
        if not welcome:
            await answer(send, 401, (b"www-authenticate", b"Bearer"))
            return
        await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
        # A browser's headers are 2 KiB that a stream would keep for as long as it lasts.
        scope["headers"].clear()
        stream.begin()
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        hub.leave(stream)


async def answer(send, status: int, *headers: tuple[bytes, bytes], body: bytes = b"") -> None:
    headers = [
        *headers,
        (b"content-type", b"application/json" if body else b"text/plain"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *PROTECTIVE_HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
