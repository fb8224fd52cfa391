"""Slow clients, an unavailable Redis and server shutdowns."""

import os
import signal
import time
import uuid
from contextlib import suppress

import psutil
import pytest

from messagehub.lib import redis
from tests.live.client import Event
from tests.processes import PATIENCE, until

RESTART = Event("bye", {"reason": "restart"})


def name():
    return f"conversation:{uuid.uuid4()}"


def test_a_client_that_does_not_read_is_disconnected(server, publish):
    channel = name()
    before = server.stats()["cut"]
    with server.open(channel).ready() as slow, server.open(channel).ready() as quick:
        sockets = server.counts()["sockets"]
        begin = time.monotonic()
        for number in range(300):
            publish.publish(channel, "append", {"number": number, "html": "x" * 50_000})
            assert quick.event().data["number"] == number
        assert time.monotonic() - begin < PATIENCE  # it isn't delayed with each event
        assert server.stats()["cut"] == before + 1
        # The server has disconnected the client and dropped what was buffered for it.
        until(lambda: server.counts()["sockets"] == sockets - 1)
        assert slow.is_closed()


def test_a_slow_client_that_keeps_up_on_average_gets_everything(server, publish):
    channel, relayed = name(), server.stats()["relayed"]
    with server.open(channel).ready() as stream:
        for number in range(100):
            publish.publish(channel, "append", {"number": number, "html": "x" * 3_000})
        until(lambda: server.stats()["relayed"] >= relayed + 100)
        assert [stream.event().data["number"] for _ in range(100)] == list(range(100))


def test_disconnected_clients_keep_no_memory(server, publish):
    channel = name()
    memory = psutil.Process(server.process.pid).memory_info().rss
    streams = [server.open(channel).ready() for _ in range(20)]
    for _ in range(200):
        publish.publish(channel, "append", {"html": "x" * 50_000})
    until(lambda: server.stats()["streams"] == 0)
    assert psutil.Process(server.process.pid).memory_info().rss - memory < 60_000_000
    for stream in streams:
        stream.socket.close()


def test_losing_redis_resets_and_closes_every_stream(own_redis, redis_server, publish):
    channel, lost = name(), redis_server.stats()["redis_lost"]
    streams = [redis_server.open(channel).ready() for _ in range(20)]
    own_redis.kill()
    for stream in streams:
        assert stream.event() == RESTART
        assert stream.is_closed()

    with redis_server.open(channel) as refused:
        assert refused.status == 503
        assert int(refused.headers["retry-after"]) > 0

    own_redis.start()
    until(lambda: redis_server.open(channel).status == 200)
    until(answers, "the end of the publisher's break")
    assert_events_arrive(redis_server, publish, channel)
    assert redis_server.stats()["redis_lost"] == lost + 1


def answers():
    with suppress(*redis.UNAVAILABLE):
        return redis.client().ping()


def assert_events_arrive(server, publish, channel):
    with server.open(channel).ready() as stream:
        publish.publish(channel, "append", {})
        assert stream.event() == Event("append", {})


def test_a_connection_closed_by_redis_counts_as_lost(own_redis, redis_server, publish):
    """Redis disconnects slow subscribers. Reconnecting silently would hide lost events."""
    channel, before = name(), redis_server.stats()["redis_lost"]
    with redis_server.open(channel).ready() as stream:
        for connection in redis.client().client_list():
            if connection["name"] == "messagehub-live":
                redis.client().client_kill(connection["addr"])
        assert stream.event() == RESTART
        assert stream.is_closed()
    until(lambda: redis_server.stats()["redis"])
    assert redis_server.stats()["redis_lost"] == before + 1
    assert_events_arrive(redis_server, publish, channel)


def test_a_silent_redis_is_noticed(own_redis, redis_server):
    with redis_server.open(name()).ready() as stream:
        own_redis.pause()
        assert stream.event() == RESTART
        with redis_server.open(name()) as refused:
            assert refused.status == 503
        own_redis.resume()
    until(lambda: redis_server.open(name()).status == 200)


def test_the_server_starts_without_redis_and_finds_it_later(own_redis, start_server):
    own_redis.kill()
    server = start_server(REDIS_URL=own_redis.url, finds_redis=False)
    with server.open(name()) as refused:
        assert refused.status == 503
    own_redis.start()
    until(lambda: server.open(name()).status == 200)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_shutdown_closes_streams_without_waiting_for_clients(start_server, publish, number):
    server, channel = start_server(grace=100), name()
    streams = [server.open(name()).ready() for _ in range(100)]
    with server.open(channel).ready():  # never read
        for _ in range(100):  # enough to fill the socket, but too little to be disconnected
            publish.publish(channel, "append", {"html": "x" * 30_000})
            if server.stats()["cut"]:
                break
        assert server.stop(number) < 50  # long before uvicorn's timeout
    for stream in streams:
        assert stream.event() == RESTART
        assert stream.is_closed()


def test_a_killed_server_leaves_no_subscriptions(start_server, publish):
    """Subscriptions end with the connection."""
    server, channel = start_server(), name()
    server.open(channel).ready()
    os.kill(server.process.pid, signal.SIGKILL)
    until(
        lambda: redis.client().pubsub_numsub(f"live:{channel}") == [(f"live:{channel}".encode(), 0)]
    )
    publish.publish(channel, "append", {})
