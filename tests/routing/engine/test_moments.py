"""Two things at the same moment: the second waits for the first, and sees what it did."""

import threading

import pytest
from django.db import connection, transaction

from inbox.models import Conversation
from teams.actions.availability import set_away, set_capacity, set_hours
from teams.models import Membership
from tests.conftest import COMMITS
from tests.processes import until
from tests.routing.engine.conftest import connect, start_conversation, start_conversations

pytestmark = COMMITS


def while_locked(membership, change, then):
    """Begin `then` before this change of the membership is committed, and end it afterwards."""
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
        until(is_lock_awaited, what="waiting for the lock")
    thread.join(60)
    assert not thread.is_alive()
    assert failures == []


def is_lock_awaited():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database()"
        )
        return cursor.fetchone()[0]


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
    change = {"capacity": 1} if field == "capacity" else {"away_at": acme.workspace.created_at}
    while_locked(acme.bob, change, lambda: start_conversation(acme.inbox))
    last = Conversation.objects.latest("number")
    assert last.assignee == acme.bea
    code = "at_capacity" if field == "capacity" else "away"
    assert last.decisions.get().tally == {"available": 1, code: 1}
