"""«If a visitor is owned, route their incoming chats to the contact owner»."""

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.resolution import resolve_conversation
from routing.models import Decision, Turn
from routing.tasks import sweep_overdue
from teams.actions.availability import go_away
from teams.actions.membership import remove_member, suspend_member
from tests.conftest import COMMITS
from tests.routing.engine.conftest import (
    answers,
    change,
    codes,
    has,
    mailed,
    running,
    stored,
    sweep,
    texts,
    time_is_over,
    why,
)

CLOSED = {"off": [{"first": "2000-01-01", "last": "2999-12-31"}]}


@pytest.fixture
def olga(acme, hire):
    """Who owns contacts, and is not in the inbox's turn."""
    olga = hire("Olga")
    Turn.objects.filter(membership=olga).delete()
    return olga


@pytest.fixture
def owned(acme, vera, olga, rules):
    """Vera wrote before, is done, and is Olga's contact. The owner's route is on."""
    conversation = vera.writes("I want to buy").conversation
    answers(acme.alice, conversation)
    resolve_conversation(conversation, by=acme.alice)
    assign_conversation(conversation, assignee=None, by=acme.alice)
    set_owner(conversation.contact, owner=olga, by=acme.alice)
    rules(to_owner=True)
    Decision.objects.all().delete()
    return conversation


def test_an_owner_who_is_available_gets_it_at_once(acme, owned, vera, olga, online):
    online(olga, acme.bob)
    vera.writes("again")
    assert has(owned) == "Olga"
    assert why(owned).rule == "owner"
    assert mailed() == []
    assert texts(owned)[-1] == "Assigned to Olga: owner of this contact."


def test_an_absent_owner_who_wants_no_email_is_not_said_to_have_had_one(owned, vera, olga):
    change(olga, email_mine=False)
    vera.writes("again")
    assert has(owned) == "Olga"
    assert mailed() == []
    assert why(owned).rule == "owner_unmailed"
    assert why(owned).sentence == ("Olga owns this contact, was not available, and wants no email.")
    assert texts(owned)[-1] == (
        "Assigned to Olga: owner of this contact (offline), who wants no email."
    )


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("minutes", [30, None])
def test_an_owner_who_had_it_already_has_the_owners_time_to_answer(
    acme, owned, vera, olga, online, rules, there, minutes
):
    """It is kept by the owner's route, not by that of whoever had it last."""
    rules(owner_minutes=minutes, answer_minutes=5, keep_reopened=not there)
    assign_conversation(owned, assignee=olga, by=acme.alice)
    if there:
        online(olga)
    vera.writes("again")
    assert has(owned) == "Olga"
    assert why(owned).rule == ("owner" if there else "owner_absent")
    assert running(owned) == minutes


def test_off_the_chat_goes_round_like_any_other(acme, owned, vera, olga, online, rules):
    rules(to_owner=False)
    online(acme.bob)
    vera.writes("again")
    assert has(owned) == "Bob"


def away(acme, olga, rules):
    go_away(olga)


def offline(acme, olga, rules):
    pass


def off_duty(acme, olga, rules):
    change(olga, hours=CLOSED)


def full(acme, olga, rules):
    change(olga, capacity=1)


def inbox_closed(acme, olga, rules):
    acme.inbox.hours = CLOSED
    acme.inbox.save()


@COMMITS
@pytest.mark.parametrize(
    ("olga_is", "code", "rule"),
    [
        (away, "away", "owner_absent"),
        (offline, "offline", "owner_absent"),
        (off_duty, "day_off", "owner_absent"),
        (full, "at_capacity", "owner_there"),
        (inbox_closed, "inbox_closed", "owner_there"),
    ],
)
def test_an_owner_who_is_not_available_gets_it_all_the_same_by_email(
    acme, owned, vera, olga, online, rules, new_visitor, olga_is, code, rule
):
    """Of those who are there the mail leaves when they go."""
    online(*([acme.bob] if olga_is is offline else [acme.bob, olga]))
    if olga_is is full:
        assign_conversation(new_visitor(acme.inbox).writes().conversation, assignee=olga)
    olga_is(acme, olga, rules)
    vera.writes("again")
    assert has(owned) == "Olga"
    assert why(owned).rule == rule
    assert codes(owned)["Olga"] == code
    assert mailed() == ["olga"]
    sweep()
    assert has(owned) == "Olga"


def test_a_visitor_without_an_owner_goes_to_the_pool(acme, owned, olga, online, new_visitor):
    online(olga, acme.bob, acme.bea)
    chosen = [has(new_visitor(acme.inbox).writes().conversation) for _ in range(3)]
    assert set(chosen) == {"Olga", "Bob", "Bea"}


def loses_the_inbox(acme, olga):
    acme.inbox.members.filter(membership=olga).delete()


def is_removed(acme, olga):
    remove_member(olga, by=acme.alice)


def is_suspended(acme, olga):
    suspend_member(olga, by=acme.alice)


@COMMITS
@pytest.mark.parametrize("olga_", [loses_the_inbox, is_removed, is_suspended])
def test_an_owner_who_may_not_have_it_is_passed_over(acme, owned, vera, olga, online, olga_):
    online(olga, acme.bob)
    olga_(acme, olga)
    vera.writes("again")
    assert has(owned) == "Bob"
    assert why(owned).rule == "round_robin"


@pytest.mark.parametrize("olga_", [loses_the_inbox, is_removed])
def test_without_an_owner_who_may_have_it_whoever_had_it_keeps_it(
    acme, owned, vera, olga, online, olga_
):
    online(acme.bob, acme.bea)
    assign_conversation(owned, assignee=acme.bea, by=acme.alice)
    olga_(acme, olga)
    vera.writes("again")
    assert has(owned) == "Bea"
    assert why(owned).rule == "keep"


def test_the_owners_chats_are_no_turns(acme, owned, vera, olga, online, new_visitor):
    online(olga, acme.bob)
    vera.writes("again")
    assert has(owned) == "Olga"
    assert not Turn.objects.filter(membership=olga).exists()


@COMMITS
def test_the_owners_minutes_pass_and_it_goes_to_the_pool(acme, owned, vera, olga, online, rules):
    rules(owner_minutes=10)
    online(acme.bob)
    vera.writes("again")
    assert has(owned) == "Olga"
    time_is_over(owned)
    sweep_overdue()
    assert has(owned) == "Bob"
    assert (why(owned).trigger, why(owned).rule) == ("timer", "round_robin")
    assert codes(owned)["Olga"] == "let_it_pass"
    assert mailed("passed_on") == ["olga"]
    assert texts(owned)[-1] == (
        "Assigned to Bob: Olga did not answer within 10 minutes; "
        "round-robin, the only one available."
    )
    sweep()
    assert has(owned) == "Bob"


@COMMITS
def test_nobody_of_the_pool_is_there_and_it_stays_with_the_owner(
    acme, owned, vera, olga, online, rules
):
    rules(owner_minutes=10)
    vera.writes("again")
    time_is_over(owned)
    sweep()
    assert has(owned) == "Olga"
    assert mailed("passed_on") == []
    online(acme.bea)
    sweep()
    assert has(owned) == "Bea"
    assert mailed("passed_on") == ["olga"]


def test_without_minutes_it_stays_with_the_owner(acme, owned, vera, olga, online, rules):
    rules(answer_minutes=5)
    online(acme.bob)
    vera.writes("again")
    assert (has(owned), stored(owned).answer_by) == ("Olga", None)


@pytest.mark.parametrize("to_owner", [True, False])
def test_which_minutes_count_is_the_routes_business(
    acme, owned, vera, olga, online, rules, to_owner
):
    """The owner's only while the route is on, also after an answer and a new question."""
    rules(to_owner=to_owner, owner_minutes=10, answer_minutes=3)
    acme.inbox.members.exclude(membership=olga).delete()
    online(olga)
    vera.writes("again")
    assert running(owned) == (10 if to_owner else 3)
    answers(olga, owned)
    vera.writes("one more thing")
    assert running(owned) == (10 if to_owner else 3)


def test_reopened_the_owner_comes_before_whoever_had_it(acme, owned, vera, olga, online):
    online(olga, acme.bob)
    assign_conversation(owned, assignee=acme.bob, by=acme.bob)
    vera.writes("again")
    assert has(owned) == "Olga"


@COMMITS
def test_an_owner_who_put_it_back_is_not_asked_again(acme, owned, vera, olga, online):
    online(olga, acme.bob)
    vera.writes("again")
    assign_conversation(owned, assignee=None, by=olga)
    sweep()
    assert has(owned) == "Bob"
    assert codes(owned)["Olga"] == "put_it_back"


@COMMITS
def test_an_owner_who_put_it_back_gets_the_contacts_next_question(acme, owned, vera, olga, online):
    online(olga)
    vera.writes("again")
    assign_conversation(owned, assignee=None, by=olga)
    sweep()
    assert has(owned) is None
    vera.writes("still there?")
    assert has(owned) == "Olga"


@COMMITS
def test_a_waiting_chat_goes_to_the_owner_it_gets(acme, vera, olga, rules):
    rules(to_owner=True)
    conversation = vera.writes().conversation
    assert has(conversation) is None
    set_owner(conversation.contact, owner=olga, by=acme.alice)
    sweep()
    assert has(conversation) == "Olga"
    assert why(conversation).rule == "owner_absent"
