"""The ASGI applications.

    application   pages and streams in one process, on one port
    pages         pages only
    live          streams only

Streams never pass through Django, and pages never run on the event loop, except for the answer to a
visitor's plain message (widget.plain_messages).
"""

import re
import sys

from django.conf import settings
from django.utils.log import configure_logging

from messagehub.lib.live.endpoint import serve
from messagehub.lib.live.lifespan import Lifespan
from messagehub.lib.startup import freeze_garbage_collector, read_settings
from messagehub.lib.wsgi_adapter import WSGIAdapter

read_settings()

# A page's thread hands Python over to the event loop within this time. The default of 5 ms would
# be added to every live update while a page is being made.
SWITCH_SECONDS = 0.0005
# More than any view accepts; each view checks its own, lower limit. Only files may be larger.
MAX_BODY_BYTES = 8 * 1024 * 1024
UPLOADS = re.compile(
    r"/w/[-\w]+/conversations/\d+/files/|/widget/[-\w]+/files/|/c/[-\w]+/(?:messages|check)/",
    re.ASCII,
)
IMPORTS = re.compile(r"/w/[-\w]+/contacts/import/", re.ASCII)


def max_body_bytes(path: str) -> int:
    """Return how large the body of a request may be. A file that is too large gets an answer."""
    if IMPORTS.fullmatch(path):
        return settings.MAX_IMPORT_BYTES + 2**20
    return settings.MAX_FILE_BYTES + 2**20 if UPLOADS.fullmatch(path) else MAX_BODY_BYTES


class Live:
    def __init__(self):
        self.lifespan = Lifespan()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self.lifespan.run(receive, send, self.start, self.stop)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
        elif scope["type"] == "http":
            await self.respond(scope, receive, send)

    def start(self):
        # Streams need no apps, and without django.setup() they take half the memory.
        configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
        freeze_garbage_collector()

    async def stop(self):
        """Release what start() opened."""

    async def respond(self, scope, receive, send):
        await serve(self.lifespan.hub, scope, receive, send)


class Pages(Live):
    def start(self):
        from messagehub.wsgi import application as pages
        from widget.plain_messages import PlainMessages

        sys.setswitchinterval(SWITCH_SECONDS)
        self.plain_messages = PlainMessages(self.publish)
        self.pages = WSGIAdapter(
            pages,
            threads=settings.WSGI_THREADS,
            max_body_bytes=max_body_bytes,
            urgent_path="/healthz",
            shortcut=self.plain_messages,
        )
        freeze_garbage_collector()

    def publish(self, messages):
        self.lifespan.hub.publish(messages)

    async def stop(self):
        await self.plain_messages.database.close()

    async def respond(self, scope, receive, send):
        await self.pages(scope, receive, send)


class PagesAndLive(Pages):
    async def respond(self, scope, receive, send):
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        respond = Live.respond if path.startswith("/live/") else Pages.respond
        await respond(self, scope, receive, send)


live = Live()
pages = Pages()
application = PagesAndLive()
