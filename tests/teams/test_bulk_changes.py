"""Changes to many members run a constant number of queries."""

from collections import Counter
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member, add_inbox_members, set_inbox_members
from inbox.models import Conversation
from inbox.tasks import return_remaining_to_queue
from routing.models import Decision, Routing, Target
from teams.actions.role import save_role
from teams.actions.status import publish_status_changes
from teams.actions.team import save_team
from teams.models import AuditEntry, Membership, StatusChange
from teams.tasks import sweep_statuses
from tests.conftest import COMMITS, Vera, goes_online

pytestmark = COMMITS

FEW, MANY = 10, 40
MAX_QUERIES_PER_MEMBER = 1  # queries


@pytest.fixture
def crowd(acme):
    """Return crowd(count), which adds members to Acme who are all online."""

    def crowd(count, role=None):
        role, before = role or acme.bob.role, User.objects.count()
        users = User.objects.bulk_create(
            User(email=f"{number}@crowd.example", name=f"Agent {number}")
            for number in range(before, before + count)
        )
        people = Membership.objects.bulk_create(
            Membership(workspace=acme.workspace, user=user, role=role) for user in users
        )
        goes_online(*people)
        return people

    return crowd


@pytest.fixture
def answering(acme, crowd):
    """Return answering(count), a crowd in Acme's inbox. chats: how many have a conversation."""

    def answering(count, chats=0):
        people = crowd(count)
        set_inbox_members(acme.inbox, members=[acme.bob, acme.bea, *people], by=acme.alice)
        for person in people[:chats]:
            chat = Vera(acme.inbox).writes().conversation
            assign_conversation(chat, assignee=person, by=acme.alice)
        return people

    return answering


def count_queries(verb, *subjects, **details):
    """Return how many queries the call runs."""
    with CaptureQueriesContext(connection) as queries:
        verb(*subjects, **details)
    return len(queries)


def queries_per_member(queries_for):
    """Return by how many queries the call grows with each member; queries_for(count) runs it."""
    few = queries_for(FEW)
    return (queries_for(MANY) - few) / (MANY - FEW)


# Queries


def test_giving_access_to_many_uses_constant_queries(acme, crowd):
    def queries_for(count):
        members = [acme.bob, *crowd(count)]
        return count_queries(set_inbox_members, acme.inbox, members=members, by=acme.alice)

    assert queries_per_member(queries_for) < MAX_QUERIES_PER_MEMBER


def test_taking_access_from_many_uses_constant_queries(acme, answering):
    goes_online(acme.bob)

    def queries_for(count):
        people = answering(count, chats=5)
        assert Conversation.objects.filter(assignee__in=people).count() == 5
        queries = count_queries(set_inbox_members, acme.inbox, members=[acme.bob], by=acme.alice)
        assert not Conversation.objects.filter(assignee__in=people).exists()
        return queries

    assert queries_per_member(queries_for) < MAX_QUERIES_PER_MEMBER


def test_changing_a_role_of_many_uses_constant_queries(acme, crowd):
    def queries_for(count):
        own = save_role(acme.workspace, name=f"{count}", permissions=["answer"], by=acme.alice)
        people = crowd(count, role=own)
        set_inbox_members(acme.inbox, members=people, by=acme.alice)
        more = {"permissions": ["answer", "see_all"], "by": acme.alice}
        return count_queries(save_role, acme.workspace, role=own, name=own.name, **more)

    assert queries_per_member(queries_for) < MAX_QUERIES_PER_MEMBER


def test_changing_a_team_of_many_uses_constant_queries(acme, crowd):
    team = save_team(acme.workspace, name="Sales", members=[], by=acme.alice)
    Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, team=team)

    def queries_for(count):
        saved = {"team": team, "name": team.name, "by": acme.alice}
        gaining = count_queries(save_team, acme.workspace, members=crowd(count), **saved)
        return gaining + count_queries(save_team, acme.workspace, members=[], **saved)

    assert queries_per_member(queries_for) < MAX_QUERIES_PER_MEMBER


def test_sweep_at_the_start_of_office_hours_uses_constant_queries(answering):
    def queries_for(count):
        people = answering(count)
        Membership.objects.update(announced_status="outside_office_hours")
        assert members_published_by(sweep_statuses) >= {person.pk for person in people}
        Membership.objects.update(announced_status="outside_office_hours")
        return count_queries(sweep_statuses)

    assert queries_per_member(queries_for) < MAX_QUERIES_PER_MEMBER


def members_published_by(verb):
    """Return the members for whom the call recorded a new status."""
    before = set(StatusChange.objects.values_list("pk", flat=True))
    verb()
    return set(StatusChange.objects.exclude(pk__in=before).values_list("membership", flat=True))


def test_restarting_timers_of_many_uses_constant_queries(acme, answering):
    """Agents who come online get the whole time for their conversations, if they have any."""
    Routing.objects.update(answer_minutes=5)

    def queries_for(count):
        people = answering(count)
        return count_queries(publish_status_changes, *people)

    assert queries_per_member(queries_for) < MAX_QUERIES_PER_MEMBER


# Effects


def test_new_agents_get_the_queue_evenly_and_oldest_first(acme, crowd):
    waiting = [Vera(acme.inbox).writes().conversation for _ in range(10)]
    people = crowd(5)
    set_inbox_members(acme.inbox, members=people, by=acme.alice)
    assigned = Conversation.objects.filter(pk__in=[each.pk for each in waiting])
    held = Counter(assigned.values_list("assignee", flat=True))
    assert held == {person.pk: 2 for person in people}
    decided = Decision.objects.exclude(chosen=None).order_by("created_at")
    assert [each.conversation for each in decided] == waiting


def test_long_queue_is_assigned_in_the_background(acme, crowd):
    for _ in range(15):
        Vera(acme.inbox).writes()
    with patch("routing.tasks.assign_workspace_queue.apply_async") as woken:
        set_inbox_members(acme.inbox, members=crowd(30), by=acme.alice)
    assert Conversation.objects.unassigned().count() == 5
    woken.assert_called_once()


def test_agents_without_access_return_their_conversations(acme, answering):
    people = answering(6, chats=6)
    set_inbox_members(acme.inbox, members=[acme.bob, acme.bea], by=acme.alice)
    assert Conversation.objects.unassigned().count() == 6
    goes_online(acme.bob, acme.bea)
    publish_status_changes(acme.bob)
    held = Counter(Conversation.objects.values_list("assignee", flat=True))
    assert held == {acme.bob.pk: 3, acme.bea.pk: 3}
    assert not Conversation.objects.filter(assignee__in=people).exists()


def test_request_returns_the_oldest_and_the_background_the_rest(acme, answering):
    people = answering(6, chats=6)
    theirs = Conversation.objects.filter(assignee__in=people).order_by("created_at")
    first, rest = list(theirs[:4]), list(theirs[4:])
    with (
        patch("inbox.receivers.MAX_RETURNED", 4),
        patch("inbox.tasks.return_remaining_to_queue.apply_async") as woken,
    ):
        set_inbox_members(acme.inbox, members=[acme.bob], by=acme.alice)
    assert set(Conversation.objects.unassigned()) == set(first)
    assert list(theirs) == rest
    woken.assert_called_once()
    return_remaining_to_queue(*woken.call_args.args[0])
    assert Conversation.objects.unassigned().count() == 6


def test_change_is_published_once(acme, crowd, live_events):
    people = crowd(5)
    with live_events.committed():
        set_inbox_members(acme.inbox, members=[*people, acme.bea], by=acme.alice)
    expected = sorted(each.live_channel for each in (*people, acme.bob))
    assert sorted(live_events.closed) == expected
    events = live_events.on(f"workspace:{acme.workspace.pk}")
    assert {name for name, _data in events} == {"presence"}
    states = [(data["membership"], data["state"]) for _name, data in events]
    assert sorted(states) == sorted((str(person.pk), "available") for person in people)


def test_waiting_visitors_are_notified_once(acme, crowd, live_events):
    contact = Vera(acme.inbox).writes().conversation.contact
    people = crowd(8)
    live_events.clear()
    with patch("routing.receivers.assign_queue_to"), live_events.committed():
        set_inbox_members(acme.inbox, members=people, by=acme.alice)
    # One for the members who came online, and one for the inbox whose members changed.
    events = live_events.on(contact.conversations.get().contact_channel)
    assert [name for name, _data in events] == ["replace"] * 2


def test_audit_log_has_one_entry_with_all_names(acme, crowd):
    people = crowd(3)
    set_inbox_members(acme.inbox, members=[acme.bob, *people], by=acme.alice)
    [(name, before, after)] = AuditEntry.objects.get(action="inbox.access_updated").changes
    assert (name, before) == ("members", ["Bea", "Bob"])
    assert after == sorted(["Bob", *(person.name for person in people)])


def test_member_added_concurrently_is_no_error(acme, crowd):
    people = crowd(2)
    add_inbox_member(acme.inbox, membership=people[0])
    add_inbox_members(acme.inbox, [acme.bob, *people])
    assert acme.inbox.members.count() == 4


def test_member_without_readable_hours_does_not_block_the_others(acme, crowd):
    chat = Vera(acme.inbox).writes().conversation
    bad, good = crowd(2)
    week = [{"day": 0, "from": "09:00", "to": "17:00"}]
    Membership.objects.filter(pk=bad.pk).update(hours={"week": week}, time_zone="No/Where")
    add_inbox_member(acme.inbox, membership=good)
    save_team(acme.workspace, name="Sales", members=[bad, good], by=acme.alice)
    chat.refresh_from_db()
    assert chat.assignee == good
