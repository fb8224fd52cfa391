"""Start the hub with the server (ASGI's lifespan), and stop it before the server waits for it."""

import asyncio
import resource
import signal

from django.conf import settings

from messagehub.lib.live.hub import Hub

# Open files other than streams: the database, Redis, pages, logs.
OTHER_FILES = 256


class Lifespan:
    hub: Hub | None = None

    async def run(self, receive, send, start, stop) -> None:
        """Run for as long as the server does.

        `start` is called before the first request, and the coroutine function `stop` after the
        last one.
        """
        await receive()
        try:
            start()
            self.hub = create_hub()
            self.hub.start()
            await self.hub.first_attempt.wait()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        call_on_shutdown_signals(self.hub.stop)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.hub.stop()
        await stop()
        await send({"type": "lifespan.shutdown.complete"})


def create_hub() -> Hub:
    return Hub(
        settings.REDIS_URL,
        heartbeat_seconds=getattr(settings, "LIVE_HEARTBEAT", 15),
        max_age=getattr(settings, "LIVE_MAX_AGE", 1800),
        max_streams=raise_file_limit(getattr(settings, "LIVE_MAX_STREAMS", 20_000)),
        max_streams_per_subject=getattr(settings, "LIVE_MAX_STREAMS_EACH", 100),
    )


def raise_file_limit(streams: int) -> int:
    """Raise the limit of open files as far as needed, and return how many streams fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = streams + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted - OTHER_FILES


def call_on_shutdown_signals(stop) -> None:
    """Call `stop` as soon as the server gets a signal to stop.

    Servers notify the application only after all connections are closed. Streams don't close by
    themselves, so they would delay a restart until its time limit.
    """
    loop = asyncio.get_running_loop()

    def wrap_handler(number):
        previous = signal.getsignal(number)
        if not callable(previous):
            return  # the system ends the process, so there is nothing to call

        def handle(number, frame):
            loop.call_soon_threadsafe(stop)
            previous(number, frame)

        signal.signal(number, handle)

    try:
        wrap_handler(signal.SIGTERM)
        wrap_handler(signal.SIGINT)
    except ValueError:
        pass  # not in the main thread, where the server handles no signals either
