"""While no one can take a queued conversation, another message in it doesn't route it again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.resolution import resolve_conversation
from inbox.models import Inbox
from routing import queue_outlook as outlooks
from routing.models import Decision
from routing.queue_outlook import forget_outlooks, queue_outlook
from routing.tasks import sweep_waiting
from tests.conftest import Vera, goes_online
from tests.routing.engine.conftest import (
    add_inbox,
    assignee_name,
    change,
    connect,
    fill_up,
    start_conversation,
    stored,
)


@pytest.fixture
def queued(vera, rules):
    """Vera wrote while no one is online, and the inbox assigns no email leads."""
    rules(leads="queue")
    conversation = vera.writes().conversation
    assert assignee_name(conversation) is None
    return conversation


def statements(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured]


def routes(act):
    """Return whether the inbox's routing row is locked."""
    return any("routing_routing" in sql and "FOR NO KEY" in sql for sql in statements(act))


def stays_queued(inbox, owner=None):
    forget_outlooks()
    return queue_outlook(inbox).stays_queued(owner)


@pytest.mark.parametrize("is_full", [False, True])
def test_another_message_does_not_route_again(acme, vera, queued, is_full):
    if is_full:
        fill_up(acme.inbox, acme.bob)
        goes_online(acme.bob)
    vera.writes("one")
    before = Decision.objects.count()
    assert not routes(lambda: vera.writes("two"))
    assert len(statements(lambda: vera.writes("three"))) <= 11
    assert Decision.objects.count() == before
    assert stored(queued).last_seq == 5
    assert assignee_name(queued) is None


def test_a_member_who_becomes_available_gets_it_at_once(acme, vera, queued):
    vera.writes("one")
    connect(acme.bob)
    assert assignee_name(queued) == "Bob"


def test_if_no_one_heard_of_it_the_next_sweep_assigns_it(acme, vera, queued):
    vera.writes("one")
    goes_online(acme.bob)
    vera.writes("two")
    assert assignee_name(queued) is None
    sweep_waiting()
    assert assignee_name(queued) == "Bob"


def test_a_second_later_the_next_message_assigns_it(acme, vera, queued, monkeypatch):
    vera.writes("one")
    goes_online(acme.bob)
    monkeypatch.setattr(outlooks, "MAX_AGE", -1)
    vera.writes("two")
    assert assignee_name(queued) == "Bob"


def test_an_owner_who_was_set_meanwhile_gets_it(acme, vera, queued, rules):
    rules(to_owner=True)
    forget_outlooks()
    vera.writes("one")
    set_owner(stored(queued).contact, owner=acme.bea, by=acme.alice)
    vera.writes("two")
    assert assignee_name(queued) == "Bea"


def test_a_member_who_has_room_again_gets_it(acme, vera, rules):
    rules(leads="queue")
    connect(acme.bob)
    change(acme.bob, capacity=1)
    first = start_conversation(acme.inbox)
    waits = vera.writes().conversation
    vera.writes("one")
    assert (assignee_name(first), assignee_name(waits)) == ("Bob", None)
    resolve_conversation(first, by=acme.bob)
    assert assignee_name(waits) == "Bob"


def test_an_agent_who_released_it_is_asked_again(acme, vera, rules):
    rules(leads="queue")
    connect(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(stored(conversation), assignee=None, by=acme.bob)
    assert assignee_name(conversation) is None
    queue_outlook(acme.inbox)
    vera.writes("still here")
    assert assignee_name(conversation) == "Bob"


def test_the_first_message_after_an_answer_routes(acme, vera, queued):
    """From then on the contact waits again, so the reason and the recipients may differ."""
    queued.refresh_from_db()
    queued.waiting_since = None
    queued.save(update_fields=["waiting_since"])
    assert routes(lambda: vera.writes("one"))
    assert not routes(lambda: vera.writes("two"))


def test_what_an_inbox_could_do(acme, rules):
    rules(leads="queue")
    assert stays_queued(acme.inbox)
    rules(leads="assign")
    assert not stays_queued(acme.inbox)
    goes_online(acme.bob)
    change(acme.bob, capacity=1)
    assert not stays_queued(acme.inbox)
    fill_up(acme.inbox, acme.bob)
    assert stays_queued(acme.inbox)


def test_only_an_owner_whom_the_inbox_asks_and_who_can_answer_gets_it(acme, hire, rules):
    stranger = hire("Stan", inbox=None)
    rules(leads="queue")
    assert stays_queued(acme.inbox, acme.bob.pk)
    rules(to_owner=True)
    assert not stays_queued(acme.inbox, acme.bob.pk)
    assert stays_queued(acme.inbox, stranger.pk)


@pytest.mark.parametrize("fewest_open_first", [False, True])
def test_of_a_large_pool_everyone_counts_if_none_of_the_first_can(
    acme, rules, monkeypatch, fewest_open_first
):
    monkeypatch.setattr("routing.candidates.LARGE", 1)
    monkeypatch.setattr("routing.candidates.MOST_CHECKED", 1)
    rules(leads="queue", fewest_open_first=fewest_open_first)
    goes_online(acme.bob, acme.bea)
    first, second = sorted((acme.bob, acme.bea), key=lambda each: each.pk)
    change(first, away_at=first.created_at)
    assert not stays_queued(acme.inbox)
    change(second, away_at=first.created_at)
    assert stays_queued(acme.inbox)


def test_it_is_remembered_for_a_second(acme, rules, monkeypatch):
    known = queue_outlook(acme.inbox)
    assert queue_outlook(Inbox.objects.get(pk=acme.inbox.pk)) is known
    at = known.taken_at
    monkeypatch.setattr(outlooks.time, "monotonic", lambda: at + 1.1)
    assert queue_outlook(acme.inbox) is not known


def test_only_a_limited_number_of_inboxes_is_remembered(acme, monkeypatch):
    forget_outlooks()
    monkeypatch.setattr(outlooks, "MOST_KEPT", 1)
    first = queue_outlook(acme.inbox)
    shop = add_inbox(acme, acme.bob)
    assert queue_outlook(shop) is queue_outlook(shop)
    assert queue_outlook(acme.inbox) is not first


def test_the_first_message_of_another_visitor_routes(acme, queued):
    other = Vera(acme.inbox)
    assert routes(lambda: other.writes("hello"))
    assert not routes(lambda: other.writes("hello?"))
