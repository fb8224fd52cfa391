"""What is kept of each decision, and that a second tap makes none."""

from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from routing.models import Decision, Turn
from teams.actions.availability import beat, go_away
from tests.conftest import COMMITS
from tests.routing.engine.conftest import TAB, change, has, sweep, why


def test_it_keeps_trigger_rule_candidates_and_how_long_it_took(acme, vera, online, hire):
    ben = hire("Ben")
    online(acme.bob, acme.bea)
    go_away(acme.bob)
    Turn.objects.create(workspace=acme.workspace, inbox=acme.inbox, membership=acme.bea, turn=7)
    change(acme.bea, capacity=4)
    conversation = vera.writes().conversation
    decision = why(conversation)
    assert (decision.trigger, decision.rule) == ("message", "round_robin")
    assert (decision.chosen, decision.chosen_name) == (acme.bea, "Bea")
    assert decision.tally == {"available": 1, "away": 1, "offline": 1}
    assert decision.workspace == acme.workspace
    assert 0 < decision.microseconds < 5_000_000
    bea, *others = decision.candidates
    assert bea == {
        "id": str(acme.bea.pk),
        "name": "Bea",
        "code": "available",
        "turn": 7,
        "load": 0,
        "limit": 4,
        "wants_mail": True,
    }
    assert {(each["id"], each["code"]) for each in others} == {
        (str(acme.bob.pk), "away"),
        (str(ben.pk), "offline"),
    }


@pytest.mark.parametrize("people", ["there", "away"])
def test_a_second_tap_on_the_same_message_changes_nothing(acme, vera, online, people):
    if people == "there":
        online(acme.bob, acme.bea)
    tap = uuid4()
    first = vera.writes(client_id=tap)
    assert vera.writes(client_id=tap) == first
    assert Decision.objects.count() == 1
    assert Turn.objects.count() == (1 if people == "there" else 0)
    assert first.conversation.messages.filter(kind="contact").count() == 1


@COMMITS
def test_each_trigger_is_named(acme, new_visitor, online):
    conversation = new_visitor(acme.inbox).writes().conversation
    assert (why(conversation).trigger, why(conversation).rule) == ("message", "nobody")
    beat(acme.bob, tab=TAB)
    assert why(conversation).trigger == "available"
    beat(acme.bea, tab=TAB)
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert (why(conversation).trigger, has(conversation)) == ("unassigned", "Bea")


@COMMITS
def test_the_turn_goes_on_where_it_was_whoever_comes_and_goes(acme, new_visitor, online, offline):
    online(acme.bob, acme.bea)
    chosen = [has(new_visitor(acme.inbox).writes().conversation) for _ in range(3)]
    offline(acme.bea)
    chosen.append(has(new_visitor(acme.inbox).writes().conversation))
    online(acme.bea)
    chosen += [has(new_visitor(acme.inbox).writes().conversation) for _ in range(3)]
    assert chosen == ["Bob", "Bea", "Bob", "Bob", "Bea", "Bob", "Bea"]


@COMMITS
def test_a_newcomer_is_next_and_then_one_of_the_row(acme, new_visitor, online, hire):
    online(acme.bob, acme.bea)
    for _ in range(6):
        new_visitor(acme.inbox).writes()
    online(hire("Ben"))
    chosen = [has(new_visitor(acme.inbox).writes().conversation) for _ in range(4)]
    assert chosen == ["Ben", "Bob", "Bea", "Ben"]


@COMMITS
def test_a_manual_assignment_is_no_decision_and_stays(acme, vera, online):
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    decisions = Decision.objects.count()
    online(acme.bob, acme.bea)
    vera.writes("Hello?")
    sweep()
    assert has(conversation) == "Alice"
    assert Decision.objects.count() == decisions


def test_what_was_cleared_says_so_and_what_never_was_does_not_exist(acme, vera, online, sign_in):
    online(acme.bob)
    conversation = vera.writes().conversation
    [assigned] = conversation.messages.filter(activity="assigned")
    Decision.objects.all().delete()
    client = sign_in(acme.bob)
    answer = client.get(assigned.why_url)
    assert (answer.status_code, "kept for 90 days" in answer.content.decode()) == (200, True)
    unknown = assigned.why_url.replace(assigned.details["decision"], str(uuid4()))
    assert client.get(unknown).status_code == 404
