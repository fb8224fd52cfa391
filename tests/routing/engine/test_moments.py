"""Two things at the same moment: the second waits for the first, and sees what it did."""

import threading

import pytest
from django.db import connection, transaction

from inbox.models import Conversation
from teams.actions.availability import go_away, set_capacity, set_hours
from teams.models import Membership
from tests.conftest import COMMITS
from tests.routing.engine.conftest import change, connect

pytestmark = COMMITS


def while_it_is_held(membership, change, then):
    """`then` begins before `change` of the membership's row is committed, and ends after it."""
    failures = []

    def second():
        try:
            then()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(**change)
        thread.start()
        thread.join(0.4)
        assert thread.is_alive(), "it did not wait"
    thread.join(10)
    assert failures == []


@pytest.mark.parametrize(
    "verb",
    [
        lambda acme: go_away(acme.bob),
        lambda acme: set_capacity(acme.bob, 3, by=acme.alice),
        lambda acme: set_hours(acme.bob, hours={"on_holidays": True}, time_zone="", by=acme.bob),
    ],
)
def test_a_new_role_at_that_moment_is_no_error(acme, verb):
    role = acme.workspace.roles.get(key="administrator")
    while_it_is_held(acme.bob, {"role": role}, lambda: verb(acme))
    bob = Membership.objects.get(pk=acme.bob.pk)
    assert bob.role == role
    assert bob.away_since or bob.capacity == 3 or bob.hours


def test_a_chat_is_given_to_who_gets_a_new_role_at_that_moment(acme, vera):
    connect(acme.bob)
    role = acme.workspace.roles.get(key="administrator")
    while_it_is_held(acme.bob, {"role": role}, lambda: vera.writes())
    assert Conversation.objects.get().assignee == acme.bob


def test_a_chat_is_not_given_to_who_goes_away_at_that_moment(acme, vera, new_visitor):
    connect(acme.bob, acme.bea)
    since = acme.workspace.created_at
    while_it_is_held(acme.bob, {"away_since": since}, lambda: vera.writes())
    conversation = Conversation.objects.get()
    assert conversation.assignee == acme.bea
    assert conversation.decisions.get().tally == {"available": 1, "away": 1}


def test_nor_to_who_gets_a_limit_that_is_reached(acme, new_visitor):
    connect(acme.bob, acme.bea)
    for _ in range(2):
        new_visitor(acme.inbox).writes()
    while_it_is_held(acme.bob, {"capacity": 1}, lambda: new_visitor(acme.inbox).writes())
    last = Conversation.objects.latest("number")
    assert last.assignee == acme.bea
    change(acme.bob, capacity=None)
