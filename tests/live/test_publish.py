"""When published events are sent."""

import time
import uuid
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction

from messagehub.lib import redis
from messagehub.lib.live import publish as module
from messagehub.lib.live.publish import close_streams, publish
from tests.processes import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def subscribed(*channels):
    end = f"end:{uuid.uuid4()}"
    subscriber = redis.redis.Redis.from_url(redis.settings.REDIS_URL).pubsub()
    subscriber.subscribe(*[f"live:{channel}" for channel in channels], "live-close", end)
    for _ in range(len(channels) + 2):
        assert subscriber.get_message(timeout=PATIENCE)["type"] == "subscribe"
    yield lambda: read_events(subscriber, channels, end)
    subscriber.close()


def read_events(subscriber, channels, end):
    """Return the events sent until now.

    Redis publishes to all its databases, so closings of parallel tests are skipped.
    """
    heard = []
    redis.client().publish(end, "")
    while (message := subscriber.get_message(timeout=PATIENCE))["channel"] != end.encode():
        name, data = message["channel"].decode(), message["data"].decode()
        if name != "live-close" or any(channel in data for channel in channels):
            heard.append((name, data))
    return heard


@pytest.fixture
def channel():
    return f"conversation:{uuid.uuid4()}"


def sent(channel, name):
    return (f"live:{channel}", f"event: {name}\ndata: {{}}\n\n")


def test_outside_a_transaction_events_are_sent_at_once(channel):
    with subscribed(channel) as heard:
        publish(channel, "append", {})
        assert heard() == [sent(channel, "append")]


def test_inside_a_transaction_events_wait_for_the_commit(channel):
    with subscribed(channel) as heard:
        with transaction.atomic():
            publish(channel, "append", {})
            assert heard() == []
        assert heard() == [sent(channel, "append")]


def test_rolled_back_events_are_not_sent(channel):
    with subscribed(channel) as heard:
        with pytest.raises(IntegrityError), transaction.atomic():
            publish(channel, "append", {})
            close_streams(f"membership:{channel}")
            raise IntegrityError
        publish(channel, "remove", {})
        assert heard() == [sent(channel, "remove")]


def test_events_published_by_a_commit_hook_replace_no_others(channel):
    with subscribed(channel) as heard:
        with transaction.atomic():
            publish(channel, "append", {})
            transaction.on_commit(lambda: publish(channel, "replace", {}))
            publish(channel, "remove", {})
        assert sorted(heard()) == sorted(
            sent(channel, name) for name in ("append", "replace", "remove")
        )


@pytest.mark.parametrize("fails", [0, 1, 2])
def test_a_rolled_back_savepoint_drops_only_its_own_events(channel, fails):
    names = ["append", "replace", "remove"]
    with subscribed(channel) as heard:
        with transaction.atomic():
            for position, name in enumerate(names):
                try:
                    with transaction.atomic():
                        publish(channel, name, {})
                        if position == fails:
                            raise IntegrityError
                except IntegrityError:
                    pass
        assert heard() == [sent(channel, name) for name in names if name != names[fails]]


def test_a_transaction_takes_one_round_trip_in_order(channel, monkeypatch):
    trips = []
    monkeypatch.setattr(module, "send", lambda batch, send=module.send: trips.append(send(batch)))
    with subscribed(channel) as heard:
        with transaction.atomic():
            for _ in range(5):
                publish(channel, "append", {})
            with transaction.atomic():
                close_streams(f"membership:{channel}")
            publish(channel, "remove", {})
        assert heard() == [
            *[sent(channel, "append")] * 5,
            ("live-close", f"membership:{channel}"),
            sent(channel, "remove"),
        ]
    assert len(trips) == 1


def test_a_failing_commit_hook_does_not_stop_events(channel):
    def fail():
        raise ValueError("not related to events")

    with subscribed(channel) as heard:
        with transaction.atomic():
            publish(channel, "append", {})
            transaction.on_commit(fail, robust=True)
            publish(channel, "remove", {})
        assert heard() == [sent(channel, "append"), sent(channel, "remove")]


def test_tests_can_capture_the_events_of_a_transaction(channel, django_capture_on_commit_callbacks):
    """Also events sent before the capture started."""
    with subscribed(channel) as heard, transaction.atomic():
        publish(channel, "append", {})
        with django_capture_on_commit_callbacks(execute=True):
            publish(channel, "remove", {})
        assert heard() == [sent(channel, "remove")]
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\r\nb\rc\nd", r'{"html":"a\r\nb\rc\nd"}'),
        ("\u2028\u2029\u0085", r'{"html":"\u2028\u2029\u0085"}'),
        ("\n\nevent: bye\ndata: {}\n\n", r'{"html":"\n\nevent: bye\ndata: {}\n\n"}'),
        ("\ud800 lone", r'{"html":"\ud800 lone"}'),
        ("\x00\x1f", r'{"html":"\u0000\u001f"}'),
        ("Grüße 😀", '{"html":"Grüße 😀"}'),
    ],
)
def test_every_text_stays_on_one_line(channel, text, line):
    with subscribed(channel) as heard:
        publish(channel, "append", {"html": text})
        assert heard() == [(f"live:{channel}", f"event: append\ndata: {line}\n\n")]


def test_ids_and_lazy_translations_can_be_published(channel):
    from django.utils.translation import gettext_lazy

    one = uuid.uuid4()
    with subscribed(channel) as heard:
        publish(channel, "row", {"id": one, "status": gettext_lazy("Open"), "previous": None})
        assert f'{{"id":"{one}","status":"Open","previous":null}}' in heard()[0][1]


@pytest.mark.parametrize(
    "wrong",
    [
        ("conversation:1", "ready", {}),
        ("conversation:1", "bye", {}),
        ("conversation:1", "append\ndata: x", {}),
        ("conversation:1", "", {}),
        ("conversation:1", "Append", {}),
        ("conversation 1", "append", {}),
        ("", "append", {}),
        ("conversation:1", "append", "text"),
        ("conversation:1", "append", {"value": object()}),
    ],
)
def test_invalid_events_are_refused_at_the_call(wrong):
    with pytest.raises((ValueError, TypeError)):
        publish(*wrong)


def test_without_redis_publishing_neither_fails_nor_waits(own_redis, channel):
    publish(channel, "append", {})
    own_redis.kill()
    begin = time.monotonic()
    for _ in range(1000):
        publish(channel, "append", {})
    assert time.monotonic() - begin < 20


def test_a_hanging_redis_costs_half_a_second_once(own_redis, channel):
    publish(channel, "append", {})
    own_redis.pause()
    begin = time.monotonic()
    for _ in range(200):
        with transaction.atomic():
            publish(channel, "append", {})
            publish(channel, "remove", {})
    assert 0.4 < time.monotonic() - begin < 20  # half a second for each event would be 100


def test_the_first_event_after_a_redis_restart_arrives(own_redis, channel):
    """The pool's connection is dead by then and must not be used."""
    publish(channel, "append", {})
    own_redis.kill()
    own_redis.start()
    with subscribed(channel) as heard:
        publish(channel, "append", {})
        assert heard() == [sent(channel, "append")]
