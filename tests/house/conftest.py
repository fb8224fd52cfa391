import pytest


@pytest.fixture
def conversation(acme, online, vera):
    """A conversation that routing has assigned to Bob."""
    online(acme.bob)
    return vera.writes().conversation
