"""The contact writes again: back to whoever had it, or anew."""

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from routing.models import Decision, Turn
from teams.actions.availability import go_away
from teams.actions.membership import remove_member
from tests.conftest import COMMITS
from tests.routing.engine.conftest import change, has, mailed, stored, sweep, texts, why


@pytest.fixture
def bobs(acme, vera, online):
    """Bob had it; it is resolved. Bea is there too."""
    online(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assert has(conversation) == "Bob"
    resolve_conversation(conversation, by=acme.bob)
    return conversation


def test_available_they_keep_it_and_it_is_no_turn(acme, bobs, vera):
    turns = list(Turn.objects.values_list("membership", "turn"))
    vera.writes("again")
    assert has(bobs) == "Bob"
    assert (why(bobs).trigger, why(bobs).rule) == ("reopened", "keep")
    assert texts(bobs)[-1] == "Bob had it before and was available."
    assert list(Turn.objects.values_list("membership", "turn")) == turns


def is_away(acme, offline, new_visitor):
    go_away(acme.bob)


def is_offline(acme, offline, new_visitor):
    offline(acme.bob)


def is_full(acme, offline, new_visitor):
    another = new_visitor(acme.inbox).writes().conversation
    assign_conversation(another, assignee=acme.bob, by=acme.alice)
    change(acme.bob, capacity=1)


NOT_AVAILABLE = pytest.mark.parametrize("bob", [is_away, is_offline, is_full])


@NOT_AVAILABLE
def test_not_available_it_is_given_out_anew(acme, bobs, vera, offline, new_visitor, bob):
    bob(acme, offline, new_visitor)
    vera.writes("again")
    assert has(bobs) == "Bea"
    assert (why(bobs).trigger, why(bobs).rule) == ("reopened", "round_robin")


@NOT_AVAILABLE
def test_the_inbox_gives_it_back_there_or_not(acme, bobs, vera, offline, new_visitor, rules, bob):
    rules(keep_reopened=True)
    bob(acme, offline, new_visitor)
    vera.writes("again")
    assert has(bobs) == "Bob"
    assert why(bobs).rule == "keep_absent"
    assert mailed() == ([] if bob is is_full else ["bob"])


@COMMITS
@pytest.mark.parametrize("keep_reopened", [True, False])
def test_whoever_is_gone_keeps_nothing(acme, bobs, vera, rules, keep_reopened):
    rules(keep_reopened=keep_reopened)
    remove_member(acme.bob, by=acme.alice)
    vera.writes("again")
    assert has(bobs) == "Bea"


@pytest.mark.parametrize("keep_reopened", [True, False])
def test_whoever_lost_the_inbox_keeps_nothing(acme, bobs, vera, rules, keep_reopened):
    rules(keep_reopened=keep_reopened)
    acme.inbox.members.filter(membership=acme.bob).delete()
    vera.writes("again")
    assert has(bobs) == "Bea"


@COMMITS
def test_nobody_is_there_and_it_waits_without_whoever_had_it(acme, bobs, vera, offline):
    offline(acme.bob, acme.bea)
    vera.writes("again")
    assert has(bobs) is None
    assert mailed() == ["bea", "bob"]


def test_an_agent_who_reopens_it_moves_nothing(acme, bobs):
    go_away(acme.bob)
    before = Decision.objects.count()
    reopen_conversation(stored(bobs), by=acme.alice)
    sweep()
    assert has(bobs) == "Bob"
    assert Decision.objects.count() == before


def test_somebody_who_had_it_by_a_persons_choice_keeps_it_if_available(acme, bobs, vera, online):
    assign_conversation(bobs, assignee=acme.alice, by=acme.alice)
    online(acme.alice)
    vera.writes("again")
    assert has(bobs) == "Alice"
