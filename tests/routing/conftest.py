import pytest

from inbox.actions.assignment import assign_conversation
from routing.models import Routing
from tests import commits
from tests.clock import movable_clock
from tests.conftest import Vera
from tests.routing.chat import Chat


@pytest.fixture
def lead_to_bob(acme, vera, online, offline):
    """A conversation that Bob has and does not see: he has gone."""
    online(acme.bob)
    conversation = vera.writes("One").conversation
    offline(acme.bob)
    return conversation


@pytest.fixture
def commit_effects(db):
    """What is put off until a commit happens, though this test commits nothing."""
    with commits.commit_effects():
        yield


@pytest.fixture
def clock():
    """The time of day, which the test sets, stops and moves on."""
    with movable_clock() as clock:
        yield clock


@pytest.fixture
def leads_in_turn(acme):
    """What no one is available for goes to the next in turn, as an email lead."""
    Routing.objects.filter(inbox=acme.inbox).update(leads=Routing.Leads.ASSIGN)


@pytest.fixture
def chat(acme, vera):
    """Vera asked something, left an address and has gone."""
    return Chat(acme, vera).begin()


@pytest.fixture
def give_bob(acme):
    """Give Bob so many open conversations."""

    def give(count=1, inbox=acme.inbox):
        made = [Vera(inbox).writes(f"Question {number}").conversation for number in range(count)]
        for conversation in made:
            assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
        return made if count > 1 else made[0]

    return give
