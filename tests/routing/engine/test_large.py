"""A pool of more people than are looked at one by one."""

import pytest

from accounts.models import User
from inbox.models import InboxMember
from routing import pool as pools
from routing.candidates import NEAREST
from routing.models import Target, Turn
from teams import presence
from teams.models import Membership, Team, TeamMember
from tests.conftest import COMMITS
from tests.routing.engine.conftest import TAB, change, has, why

MANY = pools.LARGE + 20


@pytest.fixture
def crowd(acme):
    """So many more agents, in a team of their own; all answer the inbox."""
    role = acme.bob.role
    users = [User(email=f"p{n}@acme.example", name=f"Person {n:03}") for n in range(MANY)]
    User.objects.bulk_create(users)
    members = [Membership(workspace=acme.workspace, user=user, role=role) for user in users]
    Membership.objects.bulk_create(members)
    team = Team.objects.create(workspace=acme.workspace, name="Crowd")
    for model, where in ((InboxMember, {"inbox": acme.inbox}), (TeamMember, {"team": team})):
        rows = [model(workspace=acme.workspace, membership=each, **where) for each in members]
        model.objects.bulk_create(rows)
    return members


@pytest.fixture
def by_team(acme, crowd):
    team = Team.objects.get(name="Crowd")
    return Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, team=team)


def come(members):
    for each in members:
        presence.beat(each, TAB)


def write(acme, new_visitor, count):
    return [new_visitor(acme.inbox).writes().conversation for _ in range(count)]


@COMMITS
@pytest.mark.parametrize("chosen", ["everybody", "a team"])
def test_everybody_there_has_their_turn(acme, crowd, new_visitor, request, chosen):
    if chosen == "a team":
        request.getfixturevalue("by_team")
    there = crowd[: NEAREST + 15]
    come(there)
    chats = write(acme, new_visitor, 2 * len(there))
    given = [has(each) for each in chats]
    names = {each.user.name for each in there}
    assert set(given[: len(there)]) == names
    assert given[len(there) :] == given[: len(there)]


def test_only_those_there_are_looked_at_and_the_others_are_not_spoken_of(acme, crowd, new_visitor):
    come(crowd[:3])
    [conversation] = write(acme, new_visitor, 1)
    decision = why(conversation)
    assert decision.tally == {"available": 3}
    assert len(decision.candidates) == 3
    assert "least recently among 3 available" in decision.sentence


def test_of_many_there_the_rest_is_counted(acme, crowd, new_visitor, sign_in):
    come(crowd)
    [conversation] = write(acme, new_visitor, 1)
    decision = why(conversation)
    assert decision.tally == {"available": NEAREST, "not_reached": MANY - NEAREST}
    assert len(decision.candidates) == NEAREST
    assert "least recently of all who were available" in decision.sentence
    entry = conversation.messages.get(activity="assigned")
    assert entry.details["because"] == "round-robin, next in turn"
    url = f"/w/acme/conversations/{conversation.number}/decisions/{decision.pk}/"
    page = sign_in(acme.alice).get(url).text
    assert f"and {MANY - NEAREST} there too, later in turn" in page


def test_the_first_who_can_is_found_behind_many_who_cannot(acme, crowd, new_visitor):
    come(crowd)
    Membership.objects.filter(pk__in=[each.pk for each in crowd[:-1]]).update(
        away_since=crowd[0].created_at
    )
    workspace, last = acme.workspace, crowd[-1]
    Turn.objects.create(workspace=workspace, inbox=acme.inbox, membership=last, turn=900)
    [conversation] = write(acme, new_visitor, 1)
    assert has(conversation) == last.user.name
    assert why(conversation).tally == {"away": MANY - 1, "offline": 2, "available": 1}
    assert "the only one available" in why(conversation).sentence


def test_nobody_can_and_every_reason_is_told(acme, crowd, new_visitor):
    come(crowd[:10])
    Membership.objects.filter(pk__in=[each.pk for each in crowd[:12]]).update(
        away_since=crowd[0].created_at
    )
    [conversation] = write(acme, new_visitor, 1)
    assert has(conversation) is None
    assert why(conversation).tally == {"offline": MANY - 10, "away": 12}


def test_fewest_open_looks_at_all_who_are_there(acme, crowd, new_visitor, rules):
    rules(fewest_open_first=True)
    come(crowd)
    [first] = write(acme, new_visitor, 1)
    assert why(first).tally == {"available": MANY}
    change(crowd[5], capacity=1)
    chats = write(acme, new_visitor, MANY)
    given = [has(each) for each in [first, *chats]]
    assert len(set(given[:MANY])) == MANY


def test_without_redis_nobody_is_taken_for_there(acme, crowd, new_visitor, monkeypatch):
    monkeypatch.setattr(presence, "online", lambda workspace: None)
    [conversation] = write(acme, new_visitor, 1)
    assert has(conversation) is None
    assert why(conversation).tally == {"presence_unknown": MANY + 2}


def test_how_large_it_is_is_found_without_counting_all(acme, crowd, by_team):
    assert pools.is_large(acme.inbox, [])
    assert pools.is_large(acme.inbox, [by_team])
    assert not pools.is_large(acme.inbox, [Target(membership=acme.bob)])
    TeamMember.objects.filter(membership__in=crowd[20:]).delete()
    assert not pools.is_large(acme.inbox, [by_team])
