"""What touches many people at once asks for all of them together, not for each."""

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
from teams.actions.status import publish_status_changes
from teams.actions.role import save_role
from teams.actions.team import save_team
from teams.models import AuditEntry, Membership, StatusChange
from teams.tasks import sweep_statuses
from tests.conftest import COMMITS, Vera, goes_online

pytestmark = COMMITS

FEW, MANY = 10, 40
MOST_FOR_ONE_MORE = 1  # queries


@pytest.fixture
def crowd(acme):
    """crowd(n): so many more people of Acme, all with a page open."""

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
    """The same, and they answer Acme's inbox. chats: so many of them have one."""

    def answering(count, chats=0):
        people = crowd(count)
        set_inbox_members(acme.inbox, members=[acme.bob, acme.bea, *people], by=acme.alice)
        for person in people[:chats]:
            chat = Vera(acme.inbox).writes().conversation
            assign_conversation(chat, assignee=person, by=acme.alice)
        return people

    return answering


def asked(verb, *subjects, **details):
    """How many queries it takes."""
    with CaptureQueriesContext(connection) as queries:
        verb(*subjects, **details)
    return len(queries)


def grows(takes):
    """By how many queries for each person more. takes(count): queries for so many."""
    few = takes(FEW)
    return (takes(MANY) - few) / (MANY - FEW)


# How much is asked


def test_access_of_many_does_not_ask_for_each(acme, crowd):
    def takes(count):
        members = [acme.bob, *crowd(count)]
        return asked(set_inbox_members, acme.inbox, members=members, by=acme.alice)

    assert grows(takes) < MOST_FOR_ONE_MORE


def test_losing_many_does_not_ask_for_each(acme, answering):
    goes_online(acme.bob)

    def takes(count):
        people = answering(count, chats=5)
        assert Conversation.objects.filter(assignee__in=people).count() == 5
        takes = asked(set_inbox_members, acme.inbox, members=[acme.bob], by=acme.alice)
        assert not Conversation.objects.filter(assignee__in=people).exists()
        return takes

    assert grows(takes) < MOST_FOR_ONE_MORE


def test_a_role_of_many_does_not_ask_for_each(acme, crowd):
    def takes(count):
        own = save_role(acme.workspace, name=f"{count}", permissions=["answer"], by=acme.alice)
        people = crowd(count, role=own)
        set_inbox_members(acme.inbox, members=people, by=acme.alice)
        more = {"permissions": ["answer", "see_all"], "by": acme.alice}
        return asked(save_role, acme.workspace, role=own, name=own.name, **more)

    assert grows(takes) < MOST_FOR_ONE_MORE


def test_a_team_of_many_does_not_ask_for_each(acme, crowd):
    team = save_team(acme.workspace, name="Sales", members=[], by=acme.alice)
    Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, team=team)

    def takes(count):
        saved = {"team": team, "name": team.name, "by": acme.alice}
        gaining = asked(save_team, acme.workspace, members=crowd(count), **saved)
        return gaining + asked(save_team, acme.workspace, members=[], **saved)

    assert grows(takes) < MOST_FOR_ONE_MORE


def test_when_everybodys_day_begins_the_sweep_does_not_ask_for_each(answering):
    def takes(count):
        people = answering(count)
        Membership.objects.update(announced_status="outside_office_hours")
        assert announced(sweep_statuses) >= {person.pk for person in people}
        Membership.objects.update(announced_status="outside_office_hours")
        return asked(sweep_statuses)

    assert grows(takes) < MOST_FOR_ONE_MORE


def announced(verb):
    """Whose state was written down meanwhile."""
    before = set(StatusChange.objects.values_list("pk", flat=True))
    verb()
    return set(StatusChange.objects.exclude(pk__in=before).values_list("membership", flat=True))


def test_timers_of_many_are_not_asked_for_each(acme, answering):
    """Whoever comes has the whole time for what they find: asked only of those who have some."""
    Routing.objects.update(answer_minutes=5)

    def takes(count):
        people = answering(count)
        return asked(publish_status_changes, *people)

    assert grows(takes) < MOST_FOR_ONE_MORE


# What comes of it


def test_whoever_gains_it_is_given_what_waits_evenly_and_the_oldest_first(acme, crowd):
    waiting = [Vera(acme.inbox).writes().conversation for _ in range(10)]
    people = crowd(5)
    set_inbox_members(acme.inbox, members=people, by=acme.alice)
    given = Conversation.objects.filter(pk__in=[each.pk for each in waiting])
    held = Counter(given.values_list("assignee", flat=True))
    assert held == {person.pk: 2 for person in people}
    decided = Decision.objects.exclude(chosen=None).order_by("created_at")
    assert [each.conversation for each in decided] == waiting


def test_more_than_a_request_has_time_for_goes_on_in_the_background(acme, crowd):
    for _ in range(15):
        Vera(acme.inbox).writes()
    with patch("routing.tasks.drain_workspace.apply_async") as woken:
        set_inbox_members(acme.inbox, members=crowd(30), by=acme.alice)
    assert Conversation.objects.unassigned().count() == 5
    woken.assert_called_once()


def test_whoever_loses_it_gives_everything_back(acme, answering):
    people = answering(6, chats=6)
    set_inbox_members(acme.inbox, members=[acme.bob, acme.bea], by=acme.alice)
    assert Conversation.objects.unassigned().count() == 6
    goes_online(acme.bob, acme.bea)
    publish_status_changes(acme.bob)
    held = Counter(Conversation.objects.values_list("assignee", flat=True))
    assert held == {acme.bob.pk: 3, acme.bea.pk: 3}
    assert not Conversation.objects.filter(assignee__in=people).exists()


def test_of_many_chats_a_request_returns_the_oldest_and_the_background_the_rest(acme, answering):
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


def test_each_persons_pages_and_the_desks_hear_of_it_once(acme, crowd, live_events):
    people = crowd(5)
    with live_events.committed():
        set_inbox_members(acme.inbox, members=[*people, acme.bea], by=acme.alice)
    expected = sorted(each.live_channel for each in (*people, acme.bob))
    assert sorted(live_events.closed) == expected
    told = live_events.on(f"workspace:{acme.workspace.pk}")
    assert {name for name, _data in told} == {"presence"}
    states = [(data["membership"], data["state"]) for _name, data in told]
    assert sorted(states) == sorted((str(person.pk), "available") for person in people)


def test_visitors_who_wait_are_told_once_however_many_come(acme, crowd, live_events):
    contact = Vera(acme.inbox).writes().conversation.contact
    people = crowd(8)
    live_events.clear()
    with patch("routing.receivers.drain_for"), live_events.committed():
        set_inbox_members(acme.inbox, members=people, by=acme.alice)
    # Of those who came, and of the inbox that has other people.
    told = live_events.on(contact.live_channel)
    assert [name for name, _data in told] == ["replace"] * 2


def test_the_audit_log_has_one_entry_with_everybodys_name(acme, crowd):
    people = crowd(3)
    set_inbox_members(acme.inbox, members=[acme.bob, *people], by=acme.alice)
    [(name, before, after)] = AuditEntry.objects.get(action="inbox.access_updated").changes
    assert (name, before) == ("members", ["Bea", "Bob"])
    assert after == sorted(["Bob", *(person.name for person in people)])


def test_whoever_answers_it_already_by_another_hand_is_no_trouble(acme, crowd):
    people = crowd(2)
    add_inbox_member(acme.inbox, membership=people[0])
    add_inbox_members(acme.inbox, [acme.bob, *people])
    assert acme.inbox.members.count() == 4


def test_one_whose_state_cannot_be_said_does_not_keep_the_others_waiting(acme, crowd):
    chat = Vera(acme.inbox).writes().conversation
    bad, good = crowd(2)
    week = [{"day": 0, "from": "09:00", "to": "17:00"}]
    Membership.objects.filter(pk=bad.pk).update(hours={"week": week}, time_zone="No/Where")
    add_inbox_member(acme.inbox, membership=good)
    save_team(acme.workspace, name="Sales", members=[bad, good], by=acme.alice)
    chat.refresh_from_db()
    assert chat.assignee == good
