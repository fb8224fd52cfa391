"""An inbox with more agents than are checked one by one."""

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.models import InboxMember
from routing.candidates import LARGE, MOST_CHECKED, CandidatePool
from routing.models import RotationEntry, Target
from teams import presence
from teams.models import Membership, Team, TeamMember
from tests.conftest import goes_online
from tests.routing.engine.conftest import (
    assignee_name,
    assignees_of_new,
    change,
    last_decision,
    start_conversation,
    start_conversations,
)

MANY = LARGE + 2


@pytest.fixture
def agents(acme):
    """Add this many agents to the inbox, who are also a team."""
    users = [User(email=f"p{n}@acme.example", name=f"Person {n:03}") for n in range(MANY)]
    User.objects.bulk_create(users)
    members = [
        Membership(workspace=acme.workspace, user=user, role=acme.bob.role) for user in users
    ]
    Membership.objects.bulk_create(members)
    team = Team.objects.create(workspace=acme.workspace, name="Large")
    for model, where in ((InboxMember, {"inbox": acme.inbox}), (TeamMember, {"team": team})):
        rows = [model(workspace=acme.workspace, membership=each, **where) for each in members]
        model.objects.bulk_create(rows)
    return members


@pytest.fixture
def their_team(acme, agents):
    """Make the team the only target of the inbox."""
    team = Team.objects.get(name="Large")
    return Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, team=team)


def set_away(agents):
    rows = Membership.objects.filter(pk__in=[each.pk for each in agents])
    rows.update(away_at=agents[0].created_at)


@pytest.mark.parametrize("by_team", [False, True])
def test_all_who_are_online_have_their_turn(acme, agents, request, by_team):
    if by_team:
        request.getfixturevalue("their_team")
    online = agents[: MOST_CHECKED + 3]
    goes_online(*online)
    assigned = assignees_of_new(acme.inbox, len(online) + 5)
    assert set(assigned[: len(online)]) == {each.user.name for each in online}
    assert assigned[len(online) :] == assigned[:5]


def test_only_those_online_are_looked_at_and_the_others_are_not_mentioned(acme, agents):
    goes_online(*agents[:3])
    decision = last_decision(start_conversation(acme.inbox))
    assert decision.tally == {"available": 3}
    assert len(decision.candidates) == 3
    assert "least recently of 3 available" in decision.sentence


def test_of_many_online_the_rest_is_counted(acme, agents, sign_in):
    goes_online(*agents)
    conversation = start_conversation(acme.inbox)
    decision = last_decision(conversation)
    assert decision.tally == {"available": MOST_CHECKED, "not_checked": MANY - MOST_CHECKED}
    assert len(decision.candidates) == MOST_CHECKED
    assert "least recently of all who were available" in decision.sentence
    entry = conversation.messages.get(activity="assigned")
    assert entry.details["reason"] == "round robin, next in rotation"
    url = f"/w/acme/conversations/{conversation.number}/decisions/{decision.pk}/"
    page = sign_in(acme.alice).get(url).text
    assert f"and {MANY - MOST_CHECKED} also available, later in rotation" in page


def test_the_first_who_can_is_found_behind_many_who_cannot(acme, agents):
    goes_online(*agents)
    *others, last = agents
    set_away(others)
    RotationEntry.objects.create(
        workspace=acme.workspace, inbox=acme.inbox, membership=last, last_assigned_at=900
    )
    conversation = start_conversation(acme.inbox)
    assert assignee_name(conversation) == last.user.name
    assert last_decision(conversation).tally == {"away": MANY - 1, "offline": 2, "available": 1}
    assert "the only one available" in last_decision(conversation).sentence


def test_when_no_one_can_every_reason_is_counted(acme, agents):
    goes_online(*agents[:10])
    set_away(agents[:12])
    conversation = start_conversation(acme.inbox)
    assert assignee_name(conversation) is None
    assert last_decision(conversation).tally == {"offline": MANY - 10, "away": 12}


def test_fewest_open_first_looks_at_all_who_are_online(acme, agents, rules):
    """That includes those further back in the rotation, the only ones without any yet."""
    rules(fewest_open_first=True)
    goes_online(*agents)
    first = start_conversation(acme.inbox)
    assert last_decision(first).tally == {"available": MANY}
    change(agents[5], capacity=1)
    assigned = [
        assignee_name(each) for each in [first, *start_conversations(acme.inbox, MOST_CHECKED + 5)]
    ]
    assert len(set(assigned)) == MOST_CHECKED + 6


def test_without_redis_no_one_is_taken_for_online(acme, agents, monkeypatch):
    monkeypatch.setattr(presence, "find_online", lambda workspace: None)
    conversation = start_conversation(acme.inbox)
    assert assignee_name(conversation) is None
    assert last_decision(conversation).tally == {"unknown": MANY + 2}


def test_a_pool_is_large_by_how_many_are_asked(acme, agents):
    goes_online(*agents[:3])

    def is_partial(*targets):
        return CandidatePool(acme.inbox, targets=targets, partial=True).is_partial

    their_team = Target(team=Team.objects.get(name="Large"))
    assert is_partial()
    assert is_partial(their_team)
    assert not is_partial(Target(membership=acme.bob))
    TeamMember.objects.filter(membership__in=agents[20:]).delete()
    assert not is_partial(their_team)


def test_a_suspended_member_is_not_among_the_first(acme, agents):
    """They may still count as online for a minute."""
    goes_online(*agents[:3])
    change(agents[0], suspended_at=timezone.now())
    assert last_decision(start_conversation(acme.inbox)).tally == {"available": 2}
