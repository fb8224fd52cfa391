"""Two things at the same moment: the second waits for the first, and sees what it did."""

import threading

import pytest
from django.db import connection, transaction

from inbox.models import Conversation, InboxMember
from routing.models import Routing
from teams.actions.availability import set_away, set_capacity, set_hours
from teams.models import Membership
from tests.conftest import COMMITS, goes_online
from tests.processes import is_lock_awaited, until
from tests.routing.engine.conftest import (
    add_inbox,
    change,
    connect,
    set_targets,
    start_conversation,
    start_conversations,
)

pytestmark = COMMITS


def while_locked(row, change, then, meanwhile=None):
    """Start `then` before this change of the row is committed, and finish it afterwards.

    meanwhile: called in the same transaction, while `then` waits for it.
    """
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
        type(row).objects.filter(pk=row.pk).update(**change)
        thread.start()
        until(is_lock_awaited, what="waiting for the lock")
        if meanwhile:
            meanwhile()
    thread.join(60)
    assert not thread.is_alive()
    assert failures == []


@pytest.mark.parametrize(
    ("field", "verb"),
    [
        ("away_at", lambda acme: set_away(acme.bob)),
        ("capacity", lambda acme: set_capacity(acme.bob, 3, by=acme.alice)),
        (
            "hours",
            lambda acme: set_hours(
                acme.bob, hours={"on_holidays": True}, time_zone="", by=acme.bob
            ),
        ),
    ],
)
def test_a_new_role_at_that_moment_is_no_error(acme, field, verb):
    role = acme.workspace.roles.get(key="administrator")
    while_locked(acme.bob, {"role": role}, lambda: verb(acme))
    bob = Membership.objects.get(pk=acme.bob.pk)
    assert bob.role == role
    assert getattr(bob, field)


def test_an_agent_who_gets_a_new_role_at_that_moment_is_assigned(acme, vera):
    connect(acme.bob)
    role = acme.workspace.roles.get(key="administrator")
    while_locked(acme.bob, {"role": role}, lambda: vera.writes())
    assert Conversation.objects.get().assignee == acme.bob


@pytest.mark.parametrize("field", ["away_at", "capacity"])
def test_an_agent_who_goes_away_or_is_full_at_that_moment_is_not_assigned(acme, field):
    connect(acme.bob, acme.bea)
    start_conversations(acme.inbox, 2)  # one for each: the next is Bob's
    news = {"capacity": 1} if field == "capacity" else {"away_at": acme.workspace.created_at}
    while_locked(acme.bob, news, lambda: start_conversation(acme.inbox))
    last = Conversation.objects.latest("number")
    assert last.assignee == acme.bea
    code = "at_capacity" if field == "capacity" else "away"
    assert last.decisions.get().tally == {"available": 1, code: 1}


def test_an_agent_who_loses_the_inbox_at_that_moment_is_not_assigned(acme):
    connect(acme.bob)
    access = {"membership": acme.bob, "inbox": acme.inbox}
    while_locked(
        acme.bob,
        {"reassign_replies": True},
        lambda: start_conversation(acme.inbox),
        meanwhile=lambda: InboxMember.objects.filter(**access).delete(),
    )
    assert Conversation.objects.get().assignee is None


def test_an_agent_whose_capacity_is_used_up_at_that_moment_is_not_assigned(acme):
    """A conversation of another inbox doesn't change the member's row, so it is counted again."""
    change(acme.bob, capacity=1)
    shop = add_inbox(acme, acme.bob)
    [other] = start_conversations(shop, 1)
    connect(acme.bea)
    start_conversation(acme.inbox)
    change(acme.bea, away_at=acme.workspace.created_at)
    goes_online(acme.bob)
    while_locked(
        acme.bob,
        {"reassign_replies": True},
        lambda: start_conversation(acme.inbox),
        meanwhile=lambda: Conversation.objects.filter(pk=other.pk).update(assignee=acme.bob),
    )
    assert Conversation.objects.latest("number").assignee != acme.bob


def test_targets_that_change_at_that_moment_count(acme):
    connect(acme.bob, acme.bea)
    set_targets(acme.inbox, acme.bob)
    while_locked(
        Routing.objects.of(acme.inbox),
        {"keep_reopened": True},
        lambda: start_conversation(acme.inbox),
        meanwhile=lambda: acme.inbox.targets.update(membership=acme.bea),
    )
    assert Conversation.objects.get().assignee == acme.bea
