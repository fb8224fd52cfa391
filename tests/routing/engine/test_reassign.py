"""Away, with and without Reassign replies: where a contact's reply goes."""

from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.resolution import resolve_conversation
from routing.actions import assignment
from routing.actions.engine import Assignment
from routing.models import Decision, RotationEntry
from teams.actions.availability import set_available, set_away, set_reassign_replies
from tests.conftest import goes_online
from tests.routing.engine.conftest import (
    assignee_name,
    candidate_statuses,
    change,
    connect,
    disconnect,
    last_decision,
    names_emailed,
    reply_as,
    start_conversation,
    sweep,
    texts,
)


@pytest.fixture
def left_by_bob(acme, vera):
    """Bob answered and then went away. Bea is online."""
    connect(acme.bob)
    conversation = vera.writes().conversation
    reply_as(acme.bob, conversation)
    assert assignee_name(conversation) == "Bob"
    connect(acme.bea)
    set_away(acme.bob)
    return conversation


@pytest.fixture
def _bob_reassigns(acme):
    set_reassign_replies(acme.bob, True)


reassigning = pytest.mark.usefixtures("_bob_reassigns")


@reassigning
def test_the_reply_goes_to_another_agent_once(acme, left_by_bob, vera):
    tap = uuid4()
    for _ in range(2):
        vera.writes("One more thing", client_id=tap)
    assert assignee_name(left_by_bob) == "Bea"
    assert (last_decision(left_by_bob).trigger, last_decision(left_by_bob).rule) == (
        "reassign",
        "round_robin",
    )
    assert candidate_statuses(left_by_bob) == {"Bea": "available", "Bob": "away"}
    assert texts(left_by_bob)[-1] == (
        "Assigned to Bea: Bob is away and reassigns replies; round robin, the only one available."
    )
    assert Decision.objects.filter(trigger="reassign").count() == 1
    assert names_emailed() == []


def bob_only_offline(acme):
    set_available(acme.bob)
    disconnect(acme.bob)


def bea_full(acme):
    change(acme.bea, capacity=1)
    start_conversation(acme.inbox)


STAYS = {
    "without the option": lambda acme: set_reassign_replies(acme.bob, False),
    "offline, but not away": bob_only_offline,
    "no one else online": lambda acme: disconnect(acme.bea),
    "the others full": bea_full,
}


@reassigning
@pytest.mark.parametrize("case", STAYS)
def test_the_reply_stays_and_they_are_emailed(acme, left_by_bob, vera, case):
    STAYS[case](acme)
    vera.writes("One more thing")
    assert assignee_name(left_by_bob) == "Bob"
    assert names_emailed() == ["bob"]


@reassigning
def test_a_conversation_given_by_hand_moves_too(acme, left_by_bob, vera):
    assign_conversation(left_by_bob, assignee=None, by=acme.alice)
    assign_conversation(left_by_bob, assignee=acme.bob, by=acme.alice)
    vera.writes("One more thing")
    assert assignee_name(left_by_bob) == "Bea"


@reassigning
def test_it_never_comes_back_by_itself(acme, left_by_bob, vera):
    vera.writes("One more thing")
    set_available(acme.bob)
    sweep()
    vera.writes("Hello?")
    assert assignee_name(left_by_bob) == "Bea"


@reassigning
def test_it_goes_on_past_several_who_are_away(acme, left_by_bob, vera, hire):
    vera.writes("One more thing")
    connect(hire("Ben"))
    set_away(acme.bea)
    set_reassign_replies(acme.bea, True)
    vera.writes("Hello?")
    assert assignee_name(left_by_bob) == "Ben"


@reassigning
def test_the_first_message_of_an_owned_contact_stays_with_the_owner(acme, vera, rules):
    """It isn't a reply, so the owner gets it. Only the contact's next message moves it."""
    conversation = vera.writes().conversation
    set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
    rules(to_owner=True)
    set_away(acme.bob)
    goes_online(acme.bea)
    vera.writes("Hello?")
    assert (assignee_name(conversation), last_decision(conversation).rule) == (
        "Bob",
        "owner_offline",
    )
    assert Decision.objects.filter(conversation=conversation).exclude(chosen=None).count() == 1
    vera.writes("Anybody?")
    assert assignee_name(conversation) == "Bea"


@reassigning
def test_a_reply_goes_to_the_contacts_owner_if_available(acme, left_by_bob, vera, hire, rules):
    olga = hire("Olga")
    connect(olga)
    rules(to_owner=True)
    set_owner(left_by_bob.contact, owner=olga, by=acme.alice)
    vera.writes("One more thing")
    assert assignee_name(left_by_bob) == "Olga"
    assert (last_decision(left_by_bob).trigger, last_decision(left_by_bob).rule) == (
        "reassign",
        "owner",
    )


@reassigning
@pytest.mark.parametrize("rule", ["to_owner", "keep_reopened"])
def test_a_reply_that_reopens_it_moves_it_in_one_decision(acme, left_by_bob, vera, rules, rule):
    set_owner(left_by_bob.contact, owner=acme.bob, by=acme.alice)
    rules(**{rule: True})
    resolve_conversation(left_by_bob, by=acme.bob)
    before = Decision.objects.count()
    vera.writes("again")
    assert assignee_name(left_by_bob) == "Bea"
    assert Decision.objects.count() == before + 1
    assert names_emailed() == []


@reassigning
def test_a_reply_that_reopens_it_stays_with_its_owner_while_no_one_is_online(
    acme, left_by_bob, vera, rules
):
    set_owner(left_by_bob.contact, owner=acme.bob, by=acme.alice)
    rules(to_owner=True)
    resolve_conversation(left_by_bob, by=acme.bob)
    disconnect(acme.bea)
    vera.writes("again")
    assert (assignee_name(left_by_bob), last_decision(left_by_bob).rule) == ("Bob", "owner_offline")
    assert names_emailed() == ["bob"]


@reassigning
def test_an_agent_who_comes_back_while_the_others_are_checked_keeps_it(
    acme, left_by_bob, vera, monkeypatch
):
    """They also keep their position in the rotation, because the conversation was theirs."""
    disconnect(acme.bea)
    before = RotationEntry.objects.get(membership=acme.bob).last_assigned_at

    class ReturningMeanwhile(Assignment):
        def __init__(self, *args):
            set_available(acme.bob)
            super().__init__(*args)

    monkeypatch.setattr(assignment, "Assignment", ReturningMeanwhile)
    vera.writes("One more thing")
    assert assignee_name(left_by_bob) == "Bob"
    assert not Decision.objects.filter(trigger="reassign").exists()
    assert RotationEntry.objects.get(membership=acme.bob).last_assigned_at == before
