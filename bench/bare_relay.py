"""The smallest possible relay from Redis to sockets, which shows the machine's limit."""

import asyncio
import os
import sys

import uvloop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messagehub.settings")

from django.conf import settings

from messagehub.lib.live.redis_connection import connect

listeners: dict[bytes, list] = {}


class Connection(asyncio.Protocol):
    redis = None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, channel):
        if channel not in listeners:
            listeners[channel] = []
            self.redis.send("SUBSCRIBE", channel)
        listeners[channel].append(self.transport)
        self.transport.write(b"ready\n\n")


def relay(messages):
    for channel, payload in messages:
        for transport in listeners.get(channel, ()):
            transport.write(payload)


async def main(port: int) -> None:
    async with connect(settings.REDIS_URL, relay) as redis:
        Connection.redis = redis
        server = await asyncio.get_running_loop().create_server(
            Connection, "127.0.0.1", port, backlog=4096
        )
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
