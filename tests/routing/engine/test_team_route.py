"""A conversation that was given to a team is assigned to the members of that team alone."""

from datetime import timedelta

import pytest
from django.core import mail

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.inbox import set_inbox_members
from inbox.actions.sorting import set_team
from routing.explanations import explain_waiting
from routing.models import Decision
from teams.actions.membership import suspend_member
from teams.actions.team import delete_team, save_team
from tests.routing.engine.conftest import (
    assignee_name,
    candidate_statuses,
    change,
    connect,
    expire_timer,
    last_decision,
    names_emailed,
    start_conversation,
    start_conversations,
    stored,
    sweep,
    texts,
)
from tests.routing.mails import pass_time


@pytest.fixture
def ben(hire):
    return hire("Ben")


@pytest.fixture
def billing(acme, ben):
    """Bea and Ben. Bob, the third agent of the inbox, isn't in it."""
    return save_team(acme.workspace, name="Billing", members=[acme.bea, ben], by=acme.alice)


@pytest.fixture
def give(acme, billing):
    """Give conversations to the team, as an agent does."""

    def give(*conversations, team=billing):
        for each in conversations:
            assert set_team(each, team=team, by=acme.alice)

    return give


@pytest.fixture
def waiting(acme, vera, give):
    """Vera's conversation waits for the team, while only Bob is online."""
    conversation = start_conversation(acme.inbox)
    give(conversation)
    connect(acme.bob)
    assert assignee_name(conversation) is None
    return conversation


def test_choosing_a_team_assigns_what_waits_in_turn(acme, ben, give):
    waiting = start_conversations(acme.inbox, 3)
    connect(acme.bea, ben)
    for each in waiting:
        assign_conversation(each, assignee=acme.bob, by=acme.alice)
    suspend_member(acme.bob, by=acme.alice)  # so the conversations wait for the team
    give(*waiting)
    sweep()
    assert sorted(assignee_name(each) for each in waiting) in (
        ["Bea", "Bea", "Ben"],
        ["Bea", "Ben", "Ben"],
    )


def test_it_is_assigned_at_once_and_says_which_team(acme, give):
    connect(acme.bob, acme.bea)
    for each in (acme.bob, acme.bea):
        assign_conversation(start_conversation(acme.inbox), assignee=each, by=acme.alice)
        change(each, capacity=1)
    conversation = start_conversation(acme.inbox)
    for each in (acme.bob, acme.bea):
        change(each, capacity=None)
    assert assignee_name(conversation) is None
    give(conversation)
    assert assignee_name(conversation) == "Bea"
    assert (last_decision(conversation).trigger, last_decision(conversation).team_name) == (
        "team",
        "Billing",
    )
    assert texts(conversation)[-1] == (
        "Assigned to Bea: chosen from team Billing; round robin, the only one available."
    )


def test_it_waits_for_the_team_though_others_are_available(acme, ben, waiting):
    assert candidate_statuses(waiting) == {"Bea": "offline", "Ben": "offline"}
    assert texts(waiting)[-1] == "Waiting: no one in team Billing is available (2 offline)."
    assert (
        explain_waiting(last_decision(waiting))
        == "No one in team Billing is available (2 offline)."
    )
    sweep()
    assert assignee_name(waiting) is None
    connect(ben)
    assert assignee_name(waiting) == "Ben"


def test_a_team_that_is_renamed_makes_no_further_entry(acme, ben, billing, waiting):
    before = texts(waiting)
    save_team(acme.workspace, team=billing, name="Invoices", members=[acme.bea, ben], by=acme.alice)
    sweep()
    assert texts(waiting) == before
    assert before[-1].startswith("Waiting: ")


def test_it_does_not_hold_up_the_conversations_of_others(acme, waiting):
    """It has waited longer, but can't go to Bob."""
    assert assignee_name(start_conversation(acme.inbox)) == "Bob"
    assert assignee_name(waiting) is None


def test_a_message_asks_the_team_again_and_no_one_else(acme, vera, give):
    conversation = vera.writes("Where is my invoice?").conversation
    give(conversation)
    connect(acme.bob)
    decisions = Decision.objects.count()
    vera.writes("Hello?")
    assert (assignee_name(conversation), Decision.objects.count()) == (None, decisions)
    connect(acme.bea)
    assert assignee_name(conversation) == "Bea"


def test_only_the_team_is_emailed(acme, ben, vera, give):
    """Bob's email was queued before the team was chosen."""
    conversation = vera.writes("Where is my invoice?").conversation
    assert names_emailed() == ["bea", "ben", "bob"]
    give(conversation)
    pass_time(timedelta(minutes=5))
    assert {each.to[0].split("@")[0] for each in mail.outbox} == {"bea", "ben"}


def test_an_assignee_keeps_it_until_they_return_it(acme, give):
    connect(acme.bob)
    conversation = start_conversation(acme.inbox)
    give(conversation)
    assert assignee_name(conversation) == "Bob"
    connect(acme.bea)
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert assignee_name(conversation) == "Bea"


def test_without_the_team_everyone_is_asked_again(acme, give, waiting):
    give(waiting, team=None)
    assert assignee_name(waiting) == "Bob"


def test_a_deleted_team_leaves_it_to_the_inbox(acme, billing, waiting):
    delete_team(billing, by=acme.alice)
    sweep()
    assert assignee_name(waiting) == "Bob"


def test_a_team_without_members_says_so(acme, give):
    empty = save_team(acme.workspace, name="Later", members=[], by=acme.alice)
    conversation = start_conversation(acme.inbox)
    give(conversation, team=empty)
    assert texts(conversation)[-1] == "Waiting: team Later has no members."


def test_members_who_may_not_open_the_inbox_do_not_get_it(acme, ben, give):
    set_inbox_members(acme.inbox, members=[acme.bob, acme.bea], by=acme.alice)
    connect(ben)
    conversation = start_conversation(acme.inbox)
    give(conversation)
    assert assignee_name(conversation) is None
    assert candidate_statuses(conversation) == {"Bea": "offline", "Ben": "no_access"}


@pytest.mark.parametrize(("owner", "expected"), [("bob", "Ben"), ("bea", "Bea")])
def test_the_owner_is_asked_first_if_they_are_in_the_team(acme, ben, give, rules, owner, expected):
    rules(to_owner=True)
    conversation = start_conversation(acme.inbox)
    set_owner(conversation.contact, owner=getattr(acme, owner), by=acme.alice)
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    give(conversation)
    connect(acme.bob, acme.bea, ben)
    change(acme.bea, capacity=1)
    if owner == "bob":
        assign_conversation(start_conversation(acme.inbox), assignee=acme.bea, by=acme.alice)
    assign_conversation(conversation, assignee=None, by=acme.alice)
    assert assignee_name(conversation) == expected


def test_a_team_that_does_not_answer_in_time_keeps_it(acme, ben, give, rules):
    rules(answer_minutes=5)
    connect(acme.bea)
    conversation = start_conversation(acme.inbox)
    give(conversation)
    connect(acme.bob)
    expire_timer(conversation)
    sweep()
    assert assignee_name(conversation) == "Bea"
    connect(ben)
    sweep()
    assert assignee_name(conversation) == "Ben"
    assert "didn't answer within 5 minutes; chosen from team Billing" in texts(conversation)[-1]


def test_email_leads_go_to_the_team(acme, rules, give):
    rules(leads="assign")
    conversation = start_conversation(acme.inbox)
    assign_conversation(conversation, assignee=None, by=acme.alice)
    give(conversation)
    assert assignee_name(conversation) in {"Bea", "Ben"}
    assert stored(conversation).team.name == "Billing"
