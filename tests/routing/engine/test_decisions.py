"""What each decision stores, the rotation, and that a double tap makes only one decision."""

from uuid import uuid4

import pytest

from inbox.actions import assignment
from inbox.actions.assignment import assign_conversation
from routing.actions.assignment import route_conversation
from routing.models import Decision, RotationEntry
from teams.actions.availability import set_available, set_away
from tests.routing.engine.conftest import (
    assignee_name,
    assignees_of_new,
    change,
    connect,
    disconnect,
    last_decision,
    reply_as,
    start_conversation,
    sweep,
    texts,
)


def test_a_decision_keeps_trigger_rule_candidates_and_duration(acme, vera, hire):
    ben = hire("Ben")
    connect(acme.bob, acme.bea)
    set_away(acme.bob)
    RotationEntry.objects.create(
        workspace=acme.workspace, inbox=acme.inbox, membership=acme.bea, last_assigned_at=7
    )
    change(acme.bea, capacity=4)
    conversation = vera.writes().conversation
    decision = last_decision(conversation)
    assert (decision.trigger, decision.rule) == ("message", "round_robin")
    assert (decision.chosen, decision.chosen_name) == (acme.bea, "Bea")
    assert decision.tally == {"available": 1, "away": 1, "offline": 1}
    assert decision.workspace == acme.workspace
    assert 0 < decision.microseconds < 5_000_000
    bea, *others = decision.candidates
    known = {"status": "available", "last_assigned_at": 7, "open_count": 0, "capacity": 4}
    known |= {"id": str(acme.bea.pk), "name": "Bea", "wants_email": True}
    assert bea == known
    assert {(each["id"], each["status"]) for each in others} == {
        (str(acme.bob.pk), "away"),
        (str(ben.pk), "offline"),
    }
    assert texts(conversation) == ["Assigned to Bea: round robin, the only one available."]
    assert decision.sentence == "Bea was the only one available."


def test_an_assignment_stores_only_what_its_sentence_needs(acme, vera):
    connect(acme.bob)
    conversation = vera.writes().conversation
    assigned = conversation.messages.get(activity="assigned")
    assert assigned.details.keys() == {"to", "to_id", "reason", "decision"}


def test_a_locked_member_is_not_locked_again(acme, vera, monkeypatch):
    connect(acme.bob)
    locks = []
    lock = assignment.lock_assignable_member
    monkeypatch.setattr(
        assignment, "lock_assignable_member", lambda *args: locks.append(args) or lock(*args)
    )
    conversation = vera.writes().conversation
    assert assignee_name(conversation) == "Bob"
    assert locks == []  # the engine locked Bob itself, before it checked him


@pytest.mark.parametrize("is_available", [True, False])
def test_a_second_tap_on_the_same_message_changes_nothing(acme, vera, is_available):
    if is_available:
        connect(acme.bob, acme.bea)
    tap = uuid4()
    first = vera.writes(client_id=tap)
    assert vera.writes(client_id=tap) == first
    assert Decision.objects.count() == 1
    assert RotationEntry.objects.count() == is_available
    assert first.conversation.messages.filter(kind="contact").count() == 1


def test_each_trigger_is_named(acme):
    conversation = start_conversation(acme.inbox)
    assert (last_decision(conversation).trigger, last_decision(conversation).rule) == (
        "message",
        "queued",
    )
    connect(acme.bob)
    assert last_decision(conversation).trigger == "available"
    connect(acme.bea)
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert (last_decision(conversation).trigger, assignee_name(conversation)) == (
        "unassigned",
        "Bea",
    )


@pytest.mark.parametrize(
    ("leave", "come"),
    [(disconnect, connect), (set_away, set_available)],
    ids=["offline", "away"],
)
def test_the_rotation_goes_on_where_it_was_when_one_leaves_and_returns(acme, leave, come):
    connect(acme.bob, acme.bea)
    assert assignees_of_new(acme.inbox, 3) == ["Bob", "Bea", "Bob"]
    leave(acme.bea)
    assert assignees_of_new(acme.inbox, 1) == ["Bob"]
    come(acme.bea)
    assert assignees_of_new(acme.inbox, 3) == ["Bea", "Bob", "Bea"]


def test_a_newcomer_is_next_and_then_takes_turns(acme, hire):
    connect(acme.bob, acme.bea)
    assignees_of_new(acme.inbox, 6)
    connect(hire("Ben"))
    assert assignees_of_new(acme.inbox, 4) == ["Ben", "Bob", "Bea", "Ben"]


def test_a_manual_assignment_is_no_decision_and_stays(acme, vera):
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    decisions = Decision.objects.count()
    connect(acme.bob, acme.bea)
    vera.writes("Hello?")
    sweep()
    assert route_conversation(conversation, trigger="sweep") == acme.alice
    assert assignee_name(conversation) == "Alice"
    assert Decision.objects.count() == decisions


def test_answering_an_unassigned_conversation_takes_it_without_a_decision(acme, vera):
    conversation = vera.writes().conversation
    decisions = Decision.objects.count()
    reply_as(acme.bea, conversation)
    assert (assignee_name(conversation), Decision.objects.count()) == ("Bea", decisions)
    assert texts(conversation)[-1] == "Bea took this conversation."


def test_a_cleared_decision_says_so_and_an_unknown_one_does_not_exist(acme, vera, sign_in):
    connect(acme.bob)
    conversation = vera.writes().conversation
    [assigned] = conversation.messages.filter(activity="assigned")
    Decision.objects.all().delete()
    client = sign_in(acme.bob)
    answer = client.get(assigned.why_url)
    assert (answer.status_code, "kept for 90 days" in answer.text) == (200, True)
    unknown = assigned.why_url.replace(assigned.details["decision"], str(uuid4()))
    assert client.get(unknown).status_code == 404
