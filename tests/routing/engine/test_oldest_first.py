"""The conversation that waits longest is assigned first, even if a newer one arrives earlier."""

from datetime import UTC, datetime

import pytest

from inbox.actions.contact import set_owner
from inbox.models import Conversation
from tests.conftest import goes_online
from tests.routing.engine.conftest import (
    assignee_name,
    change,
    connect,
    last_decision,
    start_conversation,
    sweep,
)
from tests.routing.hours import NINE_TO_FIVE


@pytest.fixture
def begin_hours(acme, clock):
    """Let only Bob answer, one conversation at a time, and be online before his hours begin."""
    acme.inbox.members.exclude(membership=acme.bob).delete()
    clock.set(datetime(2027, 3, 1, 8, 0, tzinfo=UTC))
    change(acme.bob, capacity=1, time_zone="UTC", hours=NINE_TO_FIVE)
    connect(acme.bob)

    def begin():
        clock.set(datetime(2027, 3, 1, 9, 0, 1, tzinfo=UTC))
        goes_online(acme.bob)

    return begin


def store(conversation, **fields):
    Conversation.objects.filter(pk=conversation.pk).update(**fields)


def test_a_message_in_the_second_the_hours_begin_overtakes_no_one(acme, begin_hours):
    first = start_conversation(acme.inbox)
    begin_hours()
    second = start_conversation(acme.inbox)
    assert (assignee_name(first), assignee_name(second)) == ("Bob", None)
    assert last_decision(second).tally == {"at_capacity": 1}
    sweep()
    assert (assignee_name(first), assignee_name(second)) == ("Bob", None)


def test_with_room_for_both_both_are_assigned_at_once_in_their_order(acme, begin_hours):
    change(acme.bob, capacity=2)
    first = start_conversation(acme.inbox)
    begin_hours()
    second = start_conversation(acme.inbox)
    assert (assignee_name(first), assignee_name(second)) == ("Bob", "Bob")
    assert last_decision(first).created_at < last_decision(second).created_at


def test_a_reopened_conversation_overtakes_no_one(acme, begin_hours, vera):
    reopened = vera.writes("an old one").conversation
    store(reopened, status="resolved", waiting_since=None)
    first = start_conversation(acme.inbox)
    begin_hours()
    vera.writes("me again")
    assert (assignee_name(first), assignee_name(reopened)) == ("Bob", None)


def test_a_conversation_that_bob_put_back_holds_no_one_up(acme, begin_hours):
    first = start_conversation(acme.inbox)
    store(first, released_by=[acme.bob.pk])
    begin_hours()
    second = start_conversation(acme.inbox)
    assert (assignee_name(first), assignee_name(second)) == (None, "Bob")


def test_the_owner_gets_their_contact_all_the_same(acme, begin_hours, vera, rules):
    rules(to_owner=True)
    owned = vera.writes("an old one").conversation
    store(owned, status="resolved", waiting_since=None)
    set_owner(owned.contact, owner=acme.bob, by=acme.alice)
    start_conversation(acme.inbox)
    begin_hours()
    vera.writes("to my own")
    assert (assignee_name(owned), last_decision(owned).rule) == ("Bob", "owner")
