import pytest

from inbox.actions.assignment import assign_conversation
from routing.models import Routing
from tests import commits
from tests.clock import movable_clock
from tests.conftest import Vera
from tests.routing.chat import Chat


@pytest.fixture
def lead_to_bob(acme, vera, online, offline):
    """A conversation assigned to Bob, who is offline."""
    online(acme.bob)
    conversation = vera.writes("One").conversation
    offline(acme.bob)
    return conversation


@pytest.fixture
def commit_effects(db):
    """Run on_commit callbacks at once, although the test commits nothing."""
    with commits.commit_effects():
        yield


@pytest.fixture
def clock():
    """A clock that the test can set, stop and move."""
    with movable_clock() as clock:
        yield clock


@pytest.fixture
def leads_in_turn(acme):
    """Assign conversations as email leads when no agent is available."""
    Routing.objects.filter(inbox=acme.inbox).update(leads=Routing.Leads.ASSIGN)


@pytest.fixture
def chat(acme, vera):
    """Vera asked something, left an address and went offline."""
    return Chat(acme, vera).begin()


@pytest.fixture
def give_bob(acme):
    """Assign this many open conversations to Bob."""

    def give(count=1, inbox=acme.inbox):
        made = [Vera(inbox).writes(f"Question {number}").conversation for number in range(count)]
        for conversation in made:
            assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
        return made if count > 1 else made[0]

    return give
