"""The hub's place in the server's life: started with it, and ended before it waits."""

import asyncio
import resource
import signal

from django.conf import settings

from messagehub.lib.live.hub import Hub

# Files and sockets that are not streams: the database, Redis, pages, logs.
OTHER_FILES = 256


class Service:
    hub: Hub | None = None

    async def live_with_server(self, receive, send, start) -> None:
        """ASGI's lifespan. `start` is what else has to happen before the first request."""
        await receive()
        try:
            start()
            self.hub = make_hub()
            self.hub.start()
            await self.hub.tried.wait()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        end_with_signals(self.hub.stop)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.hub.stop()
        await send({"type": "lifespan.shutdown.complete"})


def make_hub() -> Hub:
    return Hub(
        settings.REDIS_URL,
        heartbeat=getattr(settings, "LIVE_HEARTBEAT", 15),
        max_age=getattr(settings, "LIVE_MAX_AGE", 1800),
        most=room_for(getattr(settings, "LIVE_MAX_STREAMS", 20_000)),
        most_each=getattr(settings, "LIVE_MAX_STREAMS_EACH", 100),
    )


def room_for(streams: int) -> int:
    """Raise the limit of open files as far as needed; how many streams fit if it stays lower."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = streams + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted - OTHER_FILES


def end_with_signals(stop) -> None:
    """Say goodbye as soon as the server is told to stop.

    Servers tell the application only after all connections have been closed, and streams do not
    close by themselves: they would hold a restart up until its time limit.
    """
    loop = asyncio.get_running_loop()

    def listen(number):
        before = signal.getsignal(number)
        if not callable(before):
            return  # nobody else ends the process: leave that to the system

        def heard(number, frame):
            loop.call_soon_threadsafe(stop)
            before(number, frame)

        signal.signal(number, heard)

    try:
        listen(signal.SIGTERM)
        listen(signal.SIGINT)
    except ValueError:
        pass  # not in the main thread: the server has no signals either
