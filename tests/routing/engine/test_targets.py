"""Routing considers the agents and teams that are chosen for an inbox, and no others."""

import pytest

from inbox.actions.assignment import assign_conversation
from routing.forms import RoutingForm
from routing.models import Routing, Target
from routing.targets import list_targets, target_members
from teams.actions.membership import reactivate_member, remove_member, suspend_member
from teams.actions.team import delete_team, save_team
from tests.routing.engine.conftest import (
    assignee_name,
    assignees_of_new,
    candidate_statuses,
    change,
    connect,
    last_decision,
    names_emailed,
    set_targets,
    start_conversation,
    sweep,
)


@pytest.fixture
def bobs_team(acme):
    return save_team(acme.workspace, name="Sales", members=[acme.bob], by=acme.alice)


@pytest.fixture
def ben(hire):
    return hire("Ben")


def set_members(team, *members, by):
    save_team(team.workspace, team=team, name=team.name, members=members, by=by)


def chosen_in_form(inbox):
    return RoutingForm(inbox=inbox, routing=Routing.objects.of(inbox)).selected


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ("", ["Bob", "Bea", "Ben", "Bob"]),
        ("bea ben", ["Bea", "Ben", "Bea", "Ben"]),
        ("team", ["Bob", "Bob", "Bob", "Bob"]),
        ("team ben", ["Bob", "Ben", "Bob", "Ben"]),
        ("team both bob", ["Bob", "Bea", "Bob", "Bea"]),
    ],
    ids=["all of the inbox", "agents", "a team", "agents and teams", "each once"],
)
def test_the_chosen_agents_and_teams_take_turns(acme, ben, bobs_team, targets, expected):
    both = save_team(acme.workspace, name="Support", members=[acme.bob, acme.bea], by=acme.alice)
    known = {"bob": acme.bob, "bea": acme.bea, "ben": ben, "team": bobs_team, "both": both}
    set_targets(acme.inbox, *(known[name] for name in targets.split()))
    connect(acme.bob, acme.bea, ben)
    assert {each.name for each in target_members(acme.inbox)} == set(expected)
    assert assignees_of_new(acme.inbox, 4) == expected


def test_an_agent_without_access_to_the_inbox_gets_nothing_and_it_says_so(acme, hire, vera):
    stranger = hire("Stan", inbox=None)
    set_targets(acme.inbox, stranger)
    connect(stranger, acme.bob)
    conversation = vera.writes().conversation
    assert assignee_name(conversation) is None
    assert candidate_statuses(conversation) == {"Stan": "no_access"}
    assert names_emailed() == ["alice"]


def test_an_administrator_can_be_chosen(acme, vera):
    set_targets(acme.inbox, acme.alice)
    connect(acme.alice, acme.bob)
    assert assignee_name(vera.writes().conversation) == "Alice"


# --- When teams and members change ---


def test_conversations_wait_for_an_empty_team_and_go_to_its_next_member(acme, bobs_team, vera):
    set_targets(acme.inbox, bobs_team)
    set_members(bobs_team, by=acme.alice)
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assert (assignee_name(conversation), last_decision(conversation).tally) == (None, {})
    assert names_emailed() == ["alice"]
    set_members(bobs_team, acme.bea, by=acme.alice)
    assert assignee_name(conversation) == "Bea"


def test_a_deleted_team_leaves_the_other_targets(acme, ben, bobs_team):
    set_targets(acme.inbox, bobs_team, ben)
    connect(acme.bob, ben)
    delete_team(bobs_team, by=acme.alice)
    assert assignees_of_new(acme.inbox, 1) == ["Ben"]


def test_a_removed_agent_is_not_asked_although_chosen(acme, vera):
    set_targets(acme.inbox, acme.bob, acme.bea)
    connect(acme.bob, acme.bea)
    remove_member(acme.bob, by=acme.alice)
    conversation = vera.writes().conversation
    assert (assignee_name(conversation), candidate_statuses(conversation)) == (
        "Bea",
        {"Bea": "available"},
    )


@pytest.mark.parametrize("last", ["team", "agent"])
def test_without_its_last_target_all_agents_of_the_inbox_are_asked(acme, bobs_team, vera, last):
    set_targets(acme.inbox, bobs_team if last == "team" else acme.bob)
    connect(acme.bea)
    conversation = vera.writes().conversation
    assert assignee_name(conversation) is None
    if last == "team":
        delete_team(bobs_team, by=acme.alice)
    else:
        remove_member(acme.bob, by=acme.alice)
    assert chosen_in_form(acme.inbox) == []
    assert Target.objects.exists() == (last == "agent")
    sweep()
    assert assignee_name(conversation) == "Bea"


def test_the_only_target_is_not_asked_while_suspended_and_is_afterwards(acme, vera):
    set_targets(acme.inbox, acme.bob)
    connect(acme.bob, acme.bea)
    suspend_member(acme.bob, by=acme.alice)
    assert candidate_statuses(vera.writes().conversation) == {"Bea": "available"}
    reactivate_member(acme.bob, by=acme.alice)
    assert [each.membership for each in list_targets(acme.inbox)] == [acme.bob]
    assert chosen_in_form(acme.inbox) == [f"user-{acme.bob.pk}"]


@pytest.fixture
def warns(acme, sign_in):
    """Check that the pages that confirm Bob's removal or suspension say this."""
    client = sign_in(acme.alice)

    def warns(sentence):
        pages = [f"/w/acme/team/members/{acme.bob.pk}/{end}/" for end in ("removal", "suspension")]
        removal, suspension = (sentence in client.get(page).text for page in pages)
        assert removal == suspension
        return removal

    return warns


def test_before_the_last_target_goes_it_says_who_is_asked_instead(acme, bobs_team, sign_in, warns):
    set_targets(acme.inbox, acme.bob)
    client, sentence = sign_in(acme.alice), "Website chat routes to no one else"
    team = f"/w/acme/team/teams/{bobs_team.pk}/"
    assert warns(sentence)
    assert sentence not in client.get(team).text
    set_targets(acme.inbox, bobs_team)
    assert not warns(sentence)
    acme.inbox.targets.filter(membership=acme.bob).delete()
    assert sentence in client.get(team).text


def test_before_the_last_of_a_team_goes_it_says_that_no_one_is_asked(acme, bobs_team, warns):
    sentence = "Website chat routes only to a team with no other members"
    set_targets(acme.inbox, bobs_team)
    assert warns(sentence)
    set_targets(acme.inbox, acme.bea)
    assert not warns(sentence)
    acme.inbox.targets.filter(membership=acme.bea).delete()
    set_members(bobs_team, acme.bob, acme.bea, by=acme.alice)
    assert not warns(sentence)
    suspend_member(acme.bea, by=acme.alice)
    assert warns(sentence)


# --- Fewest open conversations first ---


def test_fewest_open_first_and_the_turn_breaks_ties(acme, ben, rules):
    rules(fewest_open_first=True)
    connect(acme.bob, acme.bea, ben)
    for _ in range(2):
        assign_conversation(start_conversation(acme.inbox), assignee=acme.bob, by=acme.alice)
    # Bob was assigned two by hand; the rotation assigned one to Bob and one to Bea.
    assert assignees_of_new(acme.inbox, 4) == ["Ben", "Bea", "Ben", "Bea"]
    assert assignees_of_new(acme.inbox, 3) == ["Bob", "Ben", "Bea"]


def test_fewest_open_first_counts_for_agents_without_a_limit_too(acme, rules):
    rules(fewest_open_first=True)
    change(acme.bob, capacity=9)
    connect(acme.bob, acme.bea)
    assert sorted(assignees_of_new(acme.inbox, 4)) == ["Bea", "Bea", "Bob", "Bob"]
