"""Losing access closes streams within seconds, in every process."""

import threading
import time
import uuid
from contextlib import suppress

from django.db import transaction

from messagehub.lib import redis
from messagehub.lib.live import tickets
from messagehub.lib.live.publish import close_streams
from tests.conftest import COMMITS
from tests.live.client import Event, Stream
from tests.processes import until

BYE = Event("bye", {"reason": "access"})


def subject(kind="membership"):
    return f"{kind}:{uuid.uuid4()}"


def test_closing_ends_only_the_streams_of_its_subject(server, publish):
    mine, session = subject(), subject("session")
    with (
        server.open("a", subjects=[mine, session]).ready() as first,
        server.open("b", subjects=[session, mine]).ready() as second,
        server.open("a", subjects=[subject(), session]).ready() as other,
    ):
        publish.close_streams(mine)
        for stream in (first, second):
            assert stream.event() == BYE
            assert stream.is_closed()
        publish.publish("a", "append", {})
        assert other.event().name == "append"  # and no event before it


def test_closing_reaches_every_process(server, small_server, publish):
    mine = subject()
    with (
        server.open("a", subjects=[mine]) as first,
        small_server.open("a", subjects=[mine]) as second,
    ):
        first.ready()
        second.ready()
        begin = time.monotonic()
        publish.close_streams(mine)
        assert first.event() == second.event() == BYE
        assert time.monotonic() - begin < 5  # the guarantee; bench/ measures the real time


def test_events_before_a_closing_arrive_and_later_ones_do_not(server, publish):
    mine, channel = subject(), subject("conversation")
    with server.open(channel, subjects=[mine]).ready() as stream:
        publish.send(
            [
                ("publish", b"live:" + channel.encode(), b"event: append\ndata: {}\n\n"),
                ("close", mine.encode()),
                ("publish", b"live:" + channel.encode(), b"event: remove\ndata: {}\n\n"),
            ]
        )
        assert [stream.event().name for _ in range(2)] == ["append", "bye"]
        assert stream.is_closed()
        assert b"remove" not in stream.body


def test_a_stream_opened_while_access_is_lost_is_closed(server, publish):
    """Issues a ticket, revokes access and opens the stream in every possible order."""
    for attempt in range(40):
        mine = subject()
        ticket = tickets.issue(channels=["a"], subjects=[mine])
        closing = threading.Timer(attempt / 10_000, publish.close_streams, [mine])
        closing.start()
        stream = Stream(server.port, ticket)
        closing.join()
        assert stream.status in (200, 401)
        if stream.status == 200:
            events = []
            with suppress(EOFError):
                while True:
                    events.append(stream.event())
            assert events[-1:] == [BYE]
        stream.socket.close()


@COMMITS
def test_closing_waits_for_the_commit(server):
    mine = subject()
    with server.open("a", subjects=[mine]).ready() as stream:
        with transaction.atomic():
            close_streams(mine)
            redis.client().publish("live:a", b"event: append\ndata: {}\n\n")
            assert stream.event().name == "append"
        assert stream.event() == BYE


def test_a_closing_that_failed_in_redis_is_retried(own_redis, redis_server, publish):
    """The server's streams stay open while Redis hangs for the process that closes."""
    mine = subject()
    with redis_server.open("a", subjects=[mine]).ready() as stream:
        own_redis.pause()
        begin = time.monotonic()
        publish.close_streams(mine)
        assert time.monotonic() - begin < 10
        own_redis.resume()
        assert stream.event() == BYE
        early = tickets.issue(channels=["a"], subjects=[mine])
    until(lambda: not publish._unsent)
    with Stream(redis_server.port, early) as stream:
        assert stream.status == 401
