import pytest


@pytest.fixture
def conversation(acme, online, vera):
    """Bob's, given to him by a decision."""
    online(acme.bob)
    return vera.writes().conversation
