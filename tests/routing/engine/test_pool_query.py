"""The statement of routing.pool_query finds the same members as the querysets do."""

import random

import pytest
from django.utils import timezone

from inbox.models import InboxMember
from routing.models import RotationEntry, Target
from routing.pool_query import COLUMNS, find_pool
from routing.targets import list_targets, target_members
from teams.actions.team import save_team
from teams.models import Membership, Role
from tests.routing.engine.conftest import add_inbox, change, set_targets

ROLE, HOURS, LAST, ACCESS = range(len(COLUMNS), len(COLUMNS) + 4)
CLOSED = {"hours": {"week": [{"day": 0, "from": "09:00", "to": "17:00"}]}}
CHANGES = (
    {"suspended_at": timezone.now()},
    {"removed_at": timezone.now()},
    {"away_at": timezone.now(), "capacity": 2, "email_mine": False},
    CLOSED,
    {},
    {},
)


@pytest.fixture
def people(acme, hire, globex):
    """Create members with and without the inbox, one who may not answer, and another inbox's."""
    looks_on = Role.objects.create(workspace=acme.workspace, name="Looks on", permissions=[])
    add_inbox(acme, acme.bea)
    hired = [hire(name, inbox=None) for name in ("Ben", "Bill", "Bo", "Kim")]
    change(hired[-1], role=looks_on)
    return [acme.alice, acme.bob, acme.bea, *hired]


def mix(acme, people, chance):
    """Draw the members' roles, targets and availability again."""
    for model in (InboxMember, Target, RotationEntry):
        model.objects.filter(inbox=acme.inbox).delete()
    rows = dict.fromkeys(("suspended_at", "removed_at", "away_at", "capacity"))
    Membership.objects.filter(workspace=acme.workspace).update(**rows, email_mine=True, hours={})
    for person in people:
        change(person, **chance.choice(CHANGES))
        where = {"workspace": acme.workspace, "inbox": acme.inbox, "membership": person}
        if chance.random() < 0.6:
            InboxMember.objects.create(**where)
        if chance.random() < 0.5:
            RotationEntry.objects.create(**where, last_assigned_at=chance.randrange(9))
    if chance.random() < 0.6:
        team = save_team(
            acme.workspace,
            name=f"Team {chance.random()}",
            members=chance.sample(people, chance.randrange(4)),
            by=acme.alice,
        )
        set_targets(acme.inbox, *chance.sample([team, *people], chance.randrange(1, 4)))


def expected(acme, targets=None):
    """Return what find_pool() should, by one queryset for each question."""
    opens = set(acme.inbox.possible_assignees.values_list("pk", flat=True))
    entries = acme.inbox.rotation_entries.values_list("membership", "last_assigned_at")
    last = dict(entries)
    members = target_members(acme.inbox, targets)
    found = [(last.get(each.pk), each.pk, each.pk in opens, each.email_mine) for each in members]
    return sorted(found, key=lambda row: (-1 if row[0] is None else row[0], row[1]))


def found(acme, **details):
    rows = find_pool(acme.inbox, online=None, large=50, most=25, **details)
    return [(row[LAST], row[0], row[ACCESS], row[COLUMNS.index("email_mine")]) for row in rows]


@pytest.mark.parametrize("seed", range(40))
def test_the_same_members_in_the_same_order(acme, people, seed):
    chance = random.Random(seed)
    mix(acme, people, chance)
    assert found(acme) == expected(acme)
    tried = [Target(membership=each) for each in chance.sample(people, chance.randrange(3))]
    ids = [each.membership_id for each in tried]
    assert found(acme, targets=(ids, [])) == expected(acme, tried)
    if stored := list_targets(acme.inbox):
        users = [each.membership_id for each in stored if each.membership_id]
        teams = [each.team_id for each in stored if each.team_id]
        assert found(acme, targets=(users, teams)) == expected(acme)


@pytest.mark.parametrize(("large", "most", "count"), [(50, 1, 3), (2, 5, 2), (2, 1, 1)])
def test_only_of_a_large_pool_some_are_left_out(acme, people, large, most, count):
    for each in people[3:4]:
        InboxMember.objects.create(workspace=acme.workspace, inbox=acme.inbox, membership=each)
    online = f"{{{people[1].pk},{people[3].pk}}}"
    rows = find_pool(acme.inbox, online=online, large=large, most=most)
    assert len(rows) == count
    size, is_large = rows[0][-2:]
    assert is_large == (large < 3)
    assert size == (2 if is_large else 3)


def test_hours_are_only_read_where_there_are_some(acme):
    change(acme.bob, **CLOSED)
    hours = {row[0]: row[HOURS] for row in find_pool(acme.inbox, online=None, large=50, most=25)}
    assert '"09:00"' in hours[acme.bob.pk]
    assert hours[acme.bea.pk] is None
