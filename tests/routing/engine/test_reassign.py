"""Away, with and without Reassign replies: where a contact's reply goes."""

from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.resolution import resolve_conversation
from routing.actions import conversation as conversation_rules
from routing.actions.decision import Deciding
from routing.models import Decision, Turn
from teams.actions.availability import come_back, go_away, set_reassign_replies
from tests.conftest import COMMITS
from tests.routing.engine.conftest import (
    answers,
    change,
    codes,
    connect,
    disconnect,
    has,
    mailed,
    sweep,
    texts,
    why,
)


@pytest.fixture
def bobs(acme, vera):
    """Bob answered; then he went away. Bea is there."""
    connect(acme.bob)
    conversation = vera.writes().conversation
    answers(acme.bob, conversation)
    assert has(conversation) == "Bob"
    connect(acme.bea)
    go_away(acme.bob)
    return conversation


@pytest.fixture
def reassigns(acme):
    set_reassign_replies(acme.bob, True)


def test_without_it_stays_and_they_are_told(acme, bobs, vera):
    vera.writes("One more thing")
    assert has(bobs) == "Bob"
    assert mailed() == ["bob"]


def test_with_it_the_reply_goes_to_another_who_is_there(acme, bobs, vera, reassigns):
    vera.writes("One more thing")
    assert has(bobs) == "Bea"
    assert (why(bobs).trigger, why(bobs).rule) == ("reassign", "round_robin")
    assert codes(bobs) == {"Bea": "available", "Bob": "away"}
    assert texts(bobs)[-1] == (
        "Assigned to Bea: Bob is away and reassigns replies; round-robin, the only one available."
    )
    assert mailed() == []


def test_the_same_reply_twice_moves_it_once(acme, bobs, vera, reassigns):
    tap = uuid4()
    for _ in range(2):
        vera.writes("One more thing", client_id=tap)
    assert Decision.objects.filter(trigger="reassign").count() == 1


def test_what_a_person_gave_them_moves_too(acme, bobs, vera, reassigns):
    assign_conversation(bobs, assignee=None, by=acme.alice)
    assign_conversation(bobs, assignee=acme.bob, by=acme.alice)
    vera.writes("One more thing")
    assert has(bobs) == "Bea"


def test_nobody_is_available_and_it_stays_and_they_are_told(acme, bobs, vera, reassigns):
    disconnect(acme.bea)
    vera.writes("One more thing")
    assert has(bobs) == "Bob"
    assert mailed() == ["bob"]


def test_who_is_full_is_not_given_it(acme, bobs, vera, reassigns, new_visitor):
    change(acme.bea, capacity=1)
    new_visitor(acme.inbox).writes()
    vera.writes("One more thing")
    assert has(bobs) == "Bob"


@COMMITS
def test_it_never_comes_back_by_itself(acme, bobs, vera, reassigns):
    vera.writes("One more thing")
    come_back(acme.bob)
    sweep()
    vera.writes("Hello?")
    assert has(bobs) == "Bea"


def test_it_goes_on_through_several_who_are_away(acme, bobs, vera, reassigns, hire):
    vera.writes("One more thing")
    connect(hire("Ben"))
    go_away(acme.bea)
    set_reassign_replies(acme.bea, True)
    vera.writes("Hello?")
    assert has(bobs) == "Ben"


def test_offline_without_away_stays(acme, bobs, vera, reassigns):
    come_back(acme.bob)
    disconnect(acme.bob)
    vera.writes("One more thing")
    assert has(bobs) == "Bob"
    assert mailed() == ["bob"]


def test_the_first_message_of_an_owned_contact_stays_with_the_owner(acme, vera, rules, reassigns):
    """It is no reply: the owner has it, is told, and only the contact's next one moves it."""
    conversation = vera.writes().conversation
    set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
    connect(acme.bea)
    go_away(acme.bob)
    rules(to_owner=True)
    vera.writes("Hello?")
    assert has(conversation) == "Bob"
    assert why(conversation).rule == "owner_absent"
    assert Decision.objects.filter(conversation=conversation).exclude(chosen=None).count() == 1
    vera.writes("Anybody?")
    assert has(conversation) == "Bea"


def test_a_reply_goes_to_the_contacts_owner_who_is_there(acme, bobs, vera, reassigns, hire):
    olga = hire("Olga")
    connect(olga)
    acme.inbox.routing.to_owner = True
    acme.inbox.routing.save()
    set_owner(bobs.contact, owner=olga, by=acme.alice)
    vera.writes("One more thing")
    assert has(bobs) == "Olga"
    assert (why(bobs).trigger, why(bobs).rule) == ("reassign", "owner")


@pytest.mark.parametrize("rule", ["to_owner", "keep_reopened"])
def test_what_it_reopens_moves_in_one_decision(acme, bobs, vera, reassigns, rules, rule):
    set_owner(bobs.contact, owner=acme.bob, by=acme.alice)
    rules(**{rule: True})
    resolve_conversation(bobs, by=acme.bob)
    before = Decision.objects.count()
    vera.writes("again")
    assert has(bobs) == "Bea"
    assert Decision.objects.count() == before + 1
    assert mailed() == []


def test_what_it_reopens_stays_with_its_owner_when_nobody_is_there(
    acme, bobs, vera, reassigns, rules
):
    set_owner(bobs.contact, owner=acme.bob, by=acme.alice)
    rules(to_owner=True)
    resolve_conversation(bobs, by=acme.bob)
    disconnect(acme.bea)
    vera.writes("again")
    assert has(bobs) == "Bob"
    assert why(bobs).rule == "owner_absent"
    assert mailed() == ["bob"]


def test_who_comes_back_while_the_others_are_looked_at_keeps_it(
    acme, bobs, vera, reassigns, monkeypatch
):
    """And has had no turn for what was theirs."""
    disconnect(acme.bea)
    before = Turn.objects.get(membership=acme.bob).turn

    class Meanwhile(Deciding):
        def __init__(self, *about):
            come_back(acme.bob)
            super().__init__(*about)

    monkeypatch.setattr(conversation_rules, "Deciding", Meanwhile)
    vera.writes("One more thing")
    assert has(bobs) == "Bob"
    assert not Decision.objects.filter(trigger="reassign").exists()
    assert Turn.objects.get(membership=acme.bob).turn == before
