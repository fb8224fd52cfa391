"""If a visitor is owned, their incoming chats are routed to the contact owner."""

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.resolution import resolve_conversation
from routing.models import Decision, RotationEntry
from routing.tasks import sweep_overdue
from teams.actions.availability import set_away
from teams.actions.membership import remove_member, suspend_member
from tests.routing.engine.conftest import (
    assignee_name,
    assignees_of_new,
    candidate_statuses,
    change,
    connect,
    disconnect,
    expire_timer,
    fill_up,
    last_decision,
    names_emailed,
    reply_as,
    sweep,
    texts,
    timer_minutes,
)
from tests.routing.hours import ALWAYS_CLOSED


@pytest.fixture
def olga(acme, hire):
    """Add Olga, who owns contacts and has no position in the rotation yet."""
    olga = hire("Olga")
    RotationEntry.objects.filter(membership=olga).delete()
    return olga


@pytest.fixture
def owned(acme, vera, olga, rules):
    """Vera, Olga's contact, wrote before and was answered. The inbox routes to owners."""
    conversation = vera.writes("I want to buy").conversation
    reply_as(acme.alice, conversation)
    resolve_conversation(conversation, by=acme.alice)
    assign_conversation(conversation, assignee=None, by=acme.alice)
    set_owner(conversation.contact, owner=olga, by=acme.alice)
    rules(to_owner=True)
    Decision.objects.all().delete()
    return conversation


# --- The owner gets it ---


def test_an_available_owner_gets_it_at_once_and_it_is_no_turn(acme, owned, vera, olga):
    connect(olga, acme.bob)
    vera.writes("again")
    assert (assignee_name(owned), last_decision(owned).rule) == ("Olga", "owner")
    assert names_emailed() == []
    assert texts(owned)[-1] == "Assigned to Olga: owner of this contact."
    assert not RotationEntry.objects.filter(membership=olga).exists()


def close_inbox(acme, olga):
    acme.inbox.hours = ALWAYS_CLOSED
    acme.inbox.save()


MAKE_UNAVAILABLE = {
    "away": lambda acme, olga: set_away(olga),
    "offline": lambda acme, olga: disconnect(olga),
    "day_off": lambda acme, olga: change(olga, hours=ALWAYS_CLOSED),
    "at_capacity": lambda acme, olga: fill_up(acme.inbox, olga),
    "inbox_closed": close_inbox,
}


@pytest.mark.parametrize("code", MAKE_UNAVAILABLE)
def test_an_unavailable_owner_gets_it_all_the_same_by_email(acme, owned, vera, olga, code):
    """While the owner is online the email waits until they leave."""
    connect(acme.bob, olga)
    MAKE_UNAVAILABLE[code](acme, olga)
    vera.writes("again")
    is_online = code in ("at_capacity", "inbox_closed")
    assert (assignee_name(owned), candidate_statuses(owned)["Olga"]) == ("Olga", code)
    assert last_decision(owned).rule == ("owner_online" if is_online else "owner_offline")
    assert names_emailed() == ["olga"]
    sweep()
    assert assignee_name(owned) == "Olga"


def test_an_absent_owner_who_wants_no_email_is_not_said_to_have_had_one(owned, vera, olga):
    change(olga, email_mine=False)
    vera.writes("again")
    assert (assignee_name(owned), last_decision(owned).rule) == ("Olga", "owner_offline_no_email")
    assert names_emailed() == []
    assert (
        last_decision(owned).sentence
        == "Olga owns this contact, wasn't available, and turned email off."
    )
    assert texts(owned)[-1] == (
        "Assigned to Olga: owner of this contact (offline), who turned email off."
    )


def test_reopened_the_owner_comes_before_the_agent_who_had_it(acme, owned, vera, olga):
    connect(olga, acme.bob)
    assign_conversation(owned, assignee=acme.bob, by=acme.bob)
    vera.writes("again")
    assert assignee_name(owned) == "Olga"


def test_a_waiting_conversation_goes_to_the_owner_it_gets(acme, vera, olga, rules):
    rules(to_owner=True)
    conversation = vera.writes().conversation
    assert assignee_name(conversation) is None
    set_owner(conversation.contact, owner=olga, by=acme.alice)
    sweep()
    assert (assignee_name(conversation), last_decision(conversation).rule) == (
        "Olga",
        "owner_offline",
    )


# --- The owner does not get it ---


REVOKE = {
    "inbox": lambda acme, olga: acme.inbox.members.filter(membership=olga).delete(),
    "membership": lambda acme, olga: remove_member(olga, by=acme.alice),
    "sign-in": lambda acme, olga: suspend_member(olga, by=acme.alice),
}


@pytest.mark.parametrize("lost", REVOKE)
def test_an_owner_who_may_not_have_it_is_passed_over(acme, owned, vera, olga, lost):
    connect(olga, acme.bob)
    REVOKE[lost](acme, olga)
    vera.writes("again")
    assert (assignee_name(owned), last_decision(owned).rule) == ("Bob", "round_robin")


@pytest.mark.parametrize("lost", ["inbox", "membership"])
def test_without_an_owner_who_may_have_it_the_agent_who_had_it_keeps_it(
    acme, owned, vera, olga, lost
):
    connect(acme.bob, acme.bea)
    assign_conversation(owned, assignee=acme.bea, by=acme.alice)
    REVOKE[lost](acme, olga)
    vera.writes("again")
    assert (assignee_name(owned), last_decision(owned).rule) == ("Bea", "kept")


def test_without_the_route_or_without_an_owner_it_is_assigned_in_turn(
    acme, owned, vera, olga, rules
):
    connect(olga, acme.bob, acme.bea)
    assert sorted(assignees_of_new(acme.inbox, 3)) == ["Bea", "Bob", "Olga"]
    rules(to_owner=False)
    disconnect(olga)
    vera.writes("again")
    assert assignee_name(owned) in ("Bob", "Bea")


@pytest.mark.parametrize("is_asked_again", [False, True])
def test_an_owner_who_put_it_back_is_asked_again_only_with_the_next_question(
    acme, owned, vera, olga, is_asked_again
):
    connect(*([olga] if is_asked_again else [olga, acme.bob]))
    vera.writes("again")
    assign_conversation(owned, assignee=None, by=olga)
    sweep()
    assert candidate_statuses(owned)["Olga"] == "released"
    assert assignee_name(owned) == (None if is_asked_again else "Bob")
    if is_asked_again:
        vera.writes("still there?")
        assert assignee_name(owned) == "Olga"


# --- The owner's time to answer ---


def test_when_the_owners_minutes_are_over_it_goes_to_the_next(acme, owned, vera, olga, rules):
    rules(owner_minutes=10)
    connect(acme.bob)
    vera.writes("again")
    assert assignee_name(owned) == "Olga"
    expire_timer(owned)
    sweep_overdue()
    assert assignee_name(owned) == "Bob"
    assert (last_decision(owned).trigger, last_decision(owned).rule) == ("timer", "round_robin")
    assert candidate_statuses(owned)["Olga"] == "timed_out"
    assert names_emailed("reassigned") == ["olga"]
    assert texts(owned)[-1] == (
        "Assigned to Bob: Olga didn't answer within 10 minutes; "
        "round robin, the only one available."
    )
    sweep()
    assert assignee_name(owned) == "Bob"


def test_without_an_available_agent_it_stays_with_the_owner(acme, owned, vera, olga, rules):
    rules(owner_minutes=10)
    vera.writes("again")
    expire_timer(owned)
    sweep()
    assert (assignee_name(owned), names_emailed("reassigned")) == ("Olga", [])
    connect(acme.bea)
    sweep()
    assert (assignee_name(owned), names_emailed("reassigned")) == ("Bea", ["olga"])


@pytest.mark.parametrize("is_online", [True, False])
@pytest.mark.parametrize("minutes", [30, None])
@pytest.mark.parametrize("had_it", [True, False])
def test_an_owner_has_the_owners_minutes_or_all_the_time(
    acme, owned, vera, olga, rules, is_online, minutes, had_it
):
    """This also holds if it was theirs before and the inbox lets agents keep conversations."""
    rules(owner_minutes=minutes, answer_minutes=5, keep_reopened=not is_online)
    if had_it:
        assign_conversation(owned, assignee=olga, by=acme.alice)
    connect(*([acme.bob, olga] if is_online else [acme.bob]))
    vera.writes("again")
    assert (assignee_name(owned), timer_minutes(owned)) == ("Olga", minutes)
    assert last_decision(owned).rule == ("owner" if is_online else "owner_offline")


@pytest.mark.parametrize(("to_owner", "minutes"), [(True, 10), (False, 3)])
def test_the_owners_minutes_count_only_while_the_route_is_on(
    acme, owned, vera, olga, rules, to_owner, minutes
):
    """The same holds after an answer and a new question."""
    rules(to_owner=to_owner, owner_minutes=10, answer_minutes=3)
    acme.inbox.members.exclude(membership=olga).delete()
    connect(olga)
    vera.writes("again")
    assert timer_minutes(owned) == minutes
    reply_as(olga, owned)
    vera.writes("one more thing")
    assert timer_minutes(owned) == minutes
