"""How far a visitor's message has come: sent, emailed to the team, seen by someone on it."""

import pytest

from inbox.actions.read_marker import mark_read
from inbox.models import Conversation
from outbox.models import Delivery
from tests import commits
from tests.routing.chat import MINUTE
from tests.routing.mails import pass_time


@pytest.fixture(autouse=True)
def commit_effects(db):
    with commits.commit_effects():
        yield


def marks(vera):
    answer = vera.call("messages/?after=0").json()
    return answer["seen_seq"], answer["emailed_seq"]


def emailed_events(live_events):
    channel = Conversation.objects.get().contact_channel
    return [data for name, data in live_events.on(channel) if name == "emailed"]


def test_a_stranger_has_none(vera):
    assert marks(vera) == (0, 0)


def test_an_email_to_the_team_is_said_at_once_and_later(acme, vera, live_events):
    first = vera.writes("Is anyone there?")
    assert marks(vera) == (0, 0)
    assert emailed_events(live_events) == []
    pass_time(10 * MINUTE)
    assert Delivery.objects.filter(kind="unanswered", state="sent").exists()
    assert marks(vera) == (0, first.seq)
    assert emailed_events(live_events)[0] == {"emailed": first.seq}
    later = vera.writes("Hello?")
    assert marks(vera) == (0, first.seq) < (0, later.seq)
    mark_read(Conversation.objects.get(), membership=acme.bob, seq=later.seq)
    assert marks(vera) == (later.seq, first.seq)


def test_emails_that_came_back_are_none(vera):
    vera.writes("Is anyone there?")
    pass_time(10 * MINUTE)
    Delivery.objects.filter(kind="unanswered").update(state="bounced")
    assert marks(vera) == (0, 0)


def test_a_reply_that_was_emailed_to_the_visitor_is_none(acme, vera, online):
    online(acme.bob)
    conversation = vera.writes("Hello").conversation
    Delivery.objects.create(
        workspace=conversation.workspace,
        kind="reply",
        recipient="vera@example.com",
        about=conversation.pk,
        payload={"upto": 1},
        state="sent",
    )
    assert marks(vera) == (0, 0)
