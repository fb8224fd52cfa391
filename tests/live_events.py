"""Record the live updates that are sent to open pages, at the point where they go to Redis."""

import json
from typing import NamedTuple

import pytest
from django.test import TestCase

from messagehub.lib.live import publish


class LiveEvent(NamedTuple):
    channel: str  # for a close, the subject whose streams end
    name: str
    data: dict


CLOSED = "closed"  # the name that stands for a close, which is not an event


class LiveEvents(list):
    """The events in the order they were sent."""

    def record(self, batch):
        self += [read(*message) for message in batch if message[0] != "set"]

    def on(self, channel):
        """Return [(name, data)] of a channel."""
        return [(name, data) for each, name, data in self if each == channel and name != CLOSED]

    @property
    def published(self):
        return [each for each in self if each.name != CLOSED]

    @property
    def closed(self):
        """The subjects whose streams were closed."""
        return [each.channel for each in self if each.name == CLOSED]

    def committed(self):
        return committed()


def committed():
    """Run on_commit hooks at the end of the block, because a test never commits."""
    return TestCase.captureOnCommitCallbacks(execute=True)


def read(kind, name, content=b""):
    if kind == "close":
        return LiveEvent(name.decode(), CLOSED, {})
    event, data = content.decode().rstrip("\n").split("\n")
    return LiveEvent(
        name.decode().removeprefix("live:"),
        event.removeprefix("event: "),
        json.loads(data.removeprefix("data: ")),
    )


@pytest.fixture
def live_events(monkeypatch):
    """Record everything that is sent to open pages at a commit or at the end of `committed()`."""
    events = LiveEvents()
    monkeypatch.setattr(publish, "send", events.record)
    return events
