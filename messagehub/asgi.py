"""What the web server runs.

    application   pages and streams in one process, on one port
    live          the streams alone (their pages: messagehub.wsgi:application)

Streams never pass through Django, and pages never run on the streams' loop.
"""

import sys

from django.conf import settings
from django.utils.log import configure_logging

from messagehub.lib.wsgi_adapter import WSGIAdapter
from messagehub.lib.live.endpoint import serve
from messagehub.lib.live.lifespan import Lifespan
from messagehub.lib.startup import freeze_garbage_collector, read_settings

read_settings()

# A page's thread hands Python over to the loop within this time; the usual 5 ms would be added to
# every live update while a page is being made.
SWITCH_SECONDS = 0.0005
# More than any view takes; what a view takes less, it checks itself.
MOST_BODY_BYTES = 32 * 1024 * 1024


class Live:
    def __init__(self):
        self.service = Service()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self.service.live_with_server(receive, send, self.start)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
        elif scope["type"] == "http":
            await self.answer(scope, receive, send)

    def start(self):
        # Not django.setup(): streams need no apps, and half the memory without them.
        configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
        freeze_garbage_collector()

    async def answer(self, scope, receive, send):
        await enter(self.service.hub, scope, receive, send)


class PagesAndLive(Live):
    def start(self):
        from messagehub.wsgi import application as pages

        sys.setswitchinterval(SWITCH_SECONDS)
        self.pages = WSGIAdapter(
            pages,
            threads=settings.WSGI_THREADS,
            max_body_bytes=MOST_BODY_BYTES,
            urgent_path="/healthz",
        )
        freeze_garbage_collector()

    async def answer(self, scope, receive, send):
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.startswith("/live/"):
            await super().answer(scope, receive, send)
        else:
            await self.pages(scope, receive, send)


live = Live()
application = PagesAndLive()
