"""Users and teams, chosen for an inbox: those are asked, and nobody else."""

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.models import Conversation
from routing.forms import RoutingForm
from routing.models import Routing, Target
from routing.pool import pool, targets_of
from teams.actions.membership import remove_member, resume_member, suspend_member
from teams.actions.team import delete_team, save_team
from tests.conftest import COMMITS
from tests.routing.engine.conftest import (
    aim,
    change,
    codes,
    connect,
    has,
    mailed,
    sweep,
    why,
)


@pytest.fixture
def sales(acme):
    """A team of Bob."""
    return save_team(acme.workspace, name="Sales", members=[acme.bob], by=acme.alice)


@pytest.fixture
def ben(hire):
    return hire("Ben")


def chats(acme, new_visitor, count=6):
    return [has(new_visitor(acme.inbox).writes().conversation) for _ in range(count)]


def test_none_chosen_are_all_people_of_the_inbox(acme, ben, new_visitor):
    connect(acme.bob, acme.bea, ben)
    assert chats(acme, new_visitor, 3) == ["Bob", "Bea", "Ben"]


def test_users(acme, ben, new_visitor):
    aim(acme.inbox, acme.bea, ben)
    connect(acme.bob, acme.bea, ben)
    assert chats(acme, new_visitor, 4) == ["Bea", "Ben", "Bea", "Ben"]


def test_teams(acme, ben, sales, new_visitor):
    aim(acme.inbox, sales)
    connect(acme.bob, acme.bea, ben)
    assert chats(acme, new_visitor, 2) == ["Bob", "Bob"]


def test_users_and_teams(acme, ben, sales, new_visitor):
    aim(acme.inbox, sales, ben)
    connect(acme.bob, acme.bea, ben)
    assert chats(acme, new_visitor, 4) == ["Bob", "Ben", "Bob", "Ben"]


def test_who_is_chosen_several_times_has_one_turn(acme, ben, sales, new_visitor):
    support = save_team(acme.workspace, name="Support", members=[acme.bob, acme.bea], by=acme.alice)
    aim(acme.inbox, sales, support, acme.bob)
    assert sorted(each.name for each in pool(acme.inbox)) == ["Bea", "Bob"]
    connect(acme.bob, acme.bea, ben)
    assert chats(acme, new_visitor, 4) == ["Bob", "Bea", "Bob", "Bea"]


def test_who_may_not_open_the_inbox_gets_nothing_and_it_says_so(acme, hire, sales, vera):
    stranger = hire("Stan", inbox=None)
    aim(acme.inbox, stranger)
    connect(stranger, acme.bob)
    conversation = vera.writes().conversation
    assert has(conversation) is None
    assert codes(conversation) == {"Stan": "no_access"}
    assert mailed() == ["alice"]


def test_an_administrator_can_be_chosen(acme, vera):
    aim(acme.inbox, acme.alice)
    connect(acme.alice, acme.bob)
    assert has(vera.writes().conversation) == "Alice"


@COMMITS
def test_everybody_left_the_team_and_it_waits(acme, sales, vera):
    aim(acme.inbox, sales)
    save_team(acme.workspace, team=sales, name="Sales", members=[], by=acme.alice)
    connect(acme.bob)
    conversation = vera.writes().conversation
    assert (has(conversation), why(conversation).tally) == (None, {})
    assert mailed() == ["alice"]
    save_team(acme.workspace, team=sales, name="Sales", members=[acme.bob], by=acme.alice)
    assert has(conversation) == "Bob"


@COMMITS
def test_a_team_that_is_deleted_leaves_the_others(acme, ben, sales, vera):
    aim(acme.inbox, sales, ben)
    connect(acme.bob, ben)
    delete_team(sales, by=acme.alice)
    assert chats_of(acme, vera) == "Ben"


@COMMITS
def test_the_last_target_is_deleted_and_all_people_of_the_inbox_are_asked(acme, sales, vera):
    aim(acme.inbox, sales)
    connect(acme.bea)
    conversation = vera.writes().conversation
    assert has(conversation) is None
    delete_team(sales, by=acme.alice)
    assert not Target.objects.exists()
    sweep()
    assert has(conversation) == "Bea"


def chats_of(acme, visitor):
    return has(visitor.writes().conversation)


@COMMITS
def test_who_joins_a_team_gets_what_waits_for_it(acme, sales, vera):
    aim(acme.inbox, sales)
    connect(acme.bea)
    conversation = vera.writes().conversation
    assert has(conversation) is None
    members = [acme.bob, acme.bea]
    save_team(acme.workspace, team=sales, name="Sales", members=members, by=acme.alice)
    assert has(conversation) == "Bea"


@COMMITS
def test_who_is_removed_is_not_asked_although_chosen(acme, vera):
    aim(acme.inbox, acme.bob, acme.bea)
    connect(acme.bob, acme.bea)
    remove_member(acme.bob, by=acme.alice)
    assert chats_of(acme, vera) == "Bea"
    assert codes(Conversation.objects.get()) == {"Bea": "available"}


def test_fewest_open_first_and_the_turn_breaks_ties(acme, ben, new_visitor, rules):
    rules(fewest_open_first=True)
    connect(acme.bob, acme.bea, ben)
    for _ in range(2):
        given = new_visitor(acme.inbox).writes().conversation
        assign_conversation(given, assignee=acme.bob, by=acme.alice)
    # Bob was given two by hand; the turns were Bob's and Bea's.
    assert chats(acme, new_visitor, 4) == ["Ben", "Bea", "Ben", "Bea"]
    assert chats(acme, new_visitor, 3) == ["Bob", "Ben", "Bea"]


def test_fewest_open_counts_those_without_a_limit_too(acme, new_visitor, rules):
    rules(fewest_open_first=True)
    change(acme.bob, capacity=9)
    connect(acme.bob, acme.bea)
    assert sorted(chats(acme, new_visitor, 4)) == ["Bea", "Bea", "Bob", "Bob"]


@COMMITS
def test_the_only_user_who_was_chosen_is_removed_and_all_people_of_the_inbox_are_asked(acme, vera):
    """As its settings say then."""
    aim(acme.inbox, acme.bob)
    connect(acme.bob, acme.bea)
    remove_member(acme.bob, by=acme.alice)
    assert chats_of(acme, vera) == "Bea"
    assert RoutingForm(inbox=acme.inbox, routing=Routing.objects.of(acme.inbox)).chosen == []


@COMMITS
def test_the_only_user_who_was_chosen_is_suspended_and_asked_again_when_let_in(acme, vera):
    aim(acme.inbox, acme.bob)
    connect(acme.bob, acme.bea)
    suspend_member(acme.bob, by=acme.alice)
    conversation = vera.writes().conversation
    assert codes(conversation) == {"Bea": "available"}
    resume_member(acme.bob, by=acme.alice)
    assert [each.membership for each in targets_of(acme.inbox)] == [acme.bob]
    form = RoutingForm(inbox=acme.inbox, routing=Routing.objects.of(acme.inbox))
    assert form.chosen == [f"user-{acme.bob.pk}"]


def test_before_they_go_it_is_said_who_is_asked_instead(acme, sales, sign_in):
    aim(acme.inbox, acme.bob)
    client, words = sign_in(acme.alice), "Website chat asks nobody else for its chats"
    pages = [f"/w/acme/team/members/{acme.bob.pk}/{end}/" for end in ("removal", "suspension")]
    assert [words in client.get(page).content.decode() for page in pages] == [True, True]
    team = f"/w/acme/team/teams/{sales.pk}/"
    assert words not in client.get(team).content.decode()
    aim(acme.inbox, sales)
    assert [words in client.get(page).content.decode() for page in pages] == [False, False]
    acme.inbox.targets.filter(membership=acme.bob).delete()
    assert words in client.get(team).content.decode()


def test_before_the_last_of_a_team_goes_it_is_said_that_nobody_is_asked(acme, sales, sign_in):
    """sales: the team that Bob is in."""
    client, words = sign_in(acme.alice), "Website chat asks only a team that nobody else is in"
    pages = [f"/w/acme/team/members/{acme.bob.pk}/{end}/" for end in ("removal", "suspension")]
    save_team(acme.workspace, name="Sales", members=[acme.bob], team=sales, by=acme.alice)
    aim(acme.inbox, sales)
    assert [words in client.get(page).content.decode() for page in pages] == [True, True]
    aim(acme.inbox, acme.bea)
    assert [words in client.get(page).content.decode() for page in pages] == [False, False]
    acme.inbox.targets.filter(membership=acme.bea).delete()
    save_team(acme.workspace, name="Sales", members=[acme.bob, acme.bea], team=sales, by=acme.alice)
    assert [words in client.get(page).content.decode() for page in pages] == [False, False]
    suspend_member(acme.bea, by=acme.alice)
    assert [words in client.get(page).content.decode() for page in pages] == [True, True]
