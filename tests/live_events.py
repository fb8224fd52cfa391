"""What goes out to open pages, recorded at the one place where it leaves for Redis."""

import json
from typing import NamedTuple

import pytest
from django.test import TestCase

from messagehub.lib.live import publish


class LiveEvent(NamedTuple):
    channel: str  # of a closing: whose streams end
    name: str
    data: dict


CLOSED = "closed"  # the name of a closing, which is no event of a channel


class LiveEvents(list):
    """In the order in which they were sent."""

    def record(self, batch):
        self += [read(*message) for message in batch]

    def on(self, channel):
        """[(name, data)] that a page listening to the channel hears."""
        return [(name, data) for where, name, data in self if where == channel and name != CLOSED]

    @property
    def published(self):
        return [each for each in self if each.name != CLOSED]

    @property
    def closed(self):
        """Whose streams were ended."""
        return [each.channel for each in self if each.name == CLOSED]

    def committed(self):
        return committed()


def committed():
    """Do at the end of the block what waits for the commit, which a test never comes to."""
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
    """All that is sent to open pages: at the commit, or at the end of `committed()`."""
    events = LiveEvents()
    monkeypatch.setattr(publish, "send", events.record)
    return events
