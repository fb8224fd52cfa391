"""What a page receives on its stream."""

import time
import uuid

from messagehub.lib import redis
from tests.live.client import Event
from tests.processes import until


def name(kind="conversation"):
    return f"{kind}:{uuid.uuid4()}"


def test_a_stream_starts_with_ready_and_headers_against_buffering(server):
    with server.open(name()) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert stream.event() == Event("ready", {})


def test_events_after_ready_arrive(server, publish):
    channel = name()
    with server.open(channel).ready() as stream:
        publish.publish(channel, "append", {"into": "timeline", "id": "entry-1", "html": "<li>"})
        assert stream.event() == Event(
            "append", {"into": "timeline", "id": "entry-1", "html": "<li>"}
        )


def test_nothing_is_lost_between_subscribing_and_ready(server, publish):
    """Whatever the timing, an event published after ready was read always arrives."""
    for _ in range(50):
        channel = name()
        with server.open(channel).ready() as stream:
            publish.publish(channel, "remove", {"id": "x"})
            assert stream.event() == Event("remove", {"id": "x"})


def test_events_of_other_channels_do_not_arrive(server, publish):
    mine = name()
    with server.open(mine).ready() as stream:
        publish.publish(name(), "append", {"html": "foreign"})
        publish.publish(mine, "append", {})
        assert stream.event() == Event("append", {})


def test_events_arrive_in_the_order_they_were_sent(server, publish):
    first, second = name(), name()
    with server.open(first, second).ready() as stream:
        for number in range(500):
            publish.publish(first if number % 3 else second, "append", {"number": number})
        assert [stream.event().data["number"] for _ in range(500)] == list(range(500))


def test_all_streams_of_a_channel_get_the_same_bytes(server, publish):
    channel = name("workspace")
    streams = [server.open(channel).ready() for _ in range(30)]
    publish.publish(channel, "presence", {"sentence": "Grüße\n\u2028 \ud83d\ude00 & \r\n"})
    heard = {stream.block() for stream in streams}
    assert len(heard) == 1
    assert len(heard.pop().split("\n")) == 2
    for stream in streams:
        stream.socket.close()


def test_an_event_of_a_megabyte_arrives_completely(server, publish):
    channel = name()
    with server.open(channel).ready() as stream:
        publish.publish(channel, "append", {"html": "x" * 1_000_000})
        publish.publish(channel, "remove", {"id": "after"})
        assert len(stream.event().data["html"]) == 1_000_000
        assert stream.event().name == "remove"


def test_a_channel_listed_twice_sends_each_event_once(server, publish):
    channel = name()
    with server.open(channel, channel).ready() as stream:
        publish.publish(channel, "append", {})
        publish.publish(channel, "remove", {})
        assert [stream.event().name for _ in range(2)] == ["append", "remove"]


def test_redis_is_subscribed_only_while_a_stream_is_open(server):
    channel = name()
    redis_name = f"live:{channel}"

    def subscribers():
        return dict(redis.client().pubsub_numsub(redis_name))[redis_name.encode()]

    assert subscribers() == 0
    first = server.open(channel).ready()
    second = server.open(channel).ready()
    assert subscribers() == 1  # one per process, no matter how many streams
    first.socket.close()
    until(lambda: server.stats()["streams"] == 1)
    assert subscribers() == 1
    second.socket.close()
    until(lambda: subscribers() == 0)


def test_a_closed_page_is_noticed_at_once(server):
    stream = server.open(name()).ready()
    assert server.stats()["streams"] == 1
    begin = time.monotonic()
    stream.socket.close()
    until(lambda: server.stats()["streams"] == 0)
    assert (
        time.monotonic() - begin < 10
    )  # sooner than a heartbeat, sent every 15 seconds, would show it


def test_closed_streams_leave_nothing_behind(server, publish):
    before = server.counts()
    shared = name("workspace")
    streams = [server.open(name(), shared, subjects=[name("visitor")]) for _ in range(200)]
    for stream in streams:
        stream.ready()
    during = server.counts()
    assert during["streams"] == 200
    assert during["channels"] == 201
    assert during["subjects"] == 200
    # Each stream has one task of the server and none of the hub.
    assert during["tasks"] == before["tasks"] + 200
    publish.publish(shared, "presence", {})
    assert {stream.event().name for stream in streams} == {"presence"}
    for stream in streams:
        stream.socket.close()
    until(lambda: server.counts() == before)


def test_idle_streams_get_a_heartbeat(small_server):
    begin = time.monotonic()
    streams = [small_server.open(name(), subjects=[name()]).ready() for _ in range(3)]
    for _ in range(3):
        assert [stream.block() for stream in streams] == [":"] * 3
    assert time.monotonic() - begin > 0.8  # three heartbeats 0.3 seconds apart
    for stream in streams:
        stream.socket.close()


def test_streams_have_a_maximum_age(start_server):
    """The last resort: access is checked again even if every closing was lost."""
    server = start_server(LIVE_HEARTBEAT=0.2, LIVE_MAX_AGE=1)
    with server.open(name()).ready() as stream:
        assert stream.event() == Event("bye", {"reason": "restart"})
        assert stream.is_closed()
    until(lambda: server.stats()["streams"] == 0)
