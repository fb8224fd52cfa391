import pytest

from tests.routing.chat import Chat
from tests.routing.mails import moment


@pytest.fixture
def lead_to_bob(acme, vera, online, offline):
    """A conversation that Bob has and does not see: he has gone."""
    online(acme.bob)
    conversation = vera.writes("One").conversation
    offline(acme.bob)
    return conversation


class Clock:
    def __init__(self, monkeypatch):
        self.patch = monkeypatch.setattr

    def shows(self, text):
        self.patch("django.utils.timezone.now", lambda: moment(text))


@pytest.fixture
def clock(monkeypatch):
    """For whoever asks what time it is; what is stored has its true time all the same."""
    return Clock(monkeypatch)


@pytest.fixture
def chat(acme, vera):
    """Vera asked something, left an address and has gone."""
    return Chat(acme, vera).begin()
