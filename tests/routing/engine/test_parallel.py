"""Threads that assign conversations of the same agents at the same moment."""

import threading

from inbox.models import Conversation
from routing.actions import engine
from routing.actions.assignment import route_conversation
from routing.actions.engine import Assignment
from routing.actions.queue import assign_all_queues
from routing.models import Decision, RotationEntry
from routing.tasks import sweep_overdue
from teams.models import Membership
from tests.conftest import COMMITS, Vera, goes_online, in_parallel
from tests.routing.engine.conftest import (
    add_inbox,
    connect,
    expire_timer,
    reply_as,
    start_conversation,
    stored,
)

pytestmark = COMMITS


def test_two_inboxes_that_ask_the_same_agents_in_opposite_order(acme, monkeypatch):
    """A candidate who turns out to be at capacity is unlocked before the next one is locked."""
    shop = add_inbox(acme, acme.bob, acme.bea)
    shop.routing.assignment_count = 10
    shop.routing.save()
    RotationEntry.objects.create(
        workspace=acme.workspace, inbox=acme.inbox, membership=acme.bea, last_assigned_at=5
    )
    RotationEntry.objects.create(
        workspace=acme.workspace, inbox=shop, membership=acme.bob, last_assigned_at=5
    )
    waiting = [start_conversation(each) for each in (acme.inbox, shop)]
    goes_online(acme.bob, acme.bea)
    both, seen, lock = threading.Barrier(2), threading.local(), Assignment.lock

    def lock_and_wait(self, pk):
        """Lock the first one, and wait until the other thread holds its first one too."""
        held = lock(self, pk)
        if not getattr(seen, "once", False):
            seen.once = True
            both.wait(60)
        return held

    monkeypatch.setattr(Assignment, "lock", lock_and_wait)
    monkeypatch.setattr(engine, "count_towards_capacity", lambda member: 1)
    Membership.objects.update(capacity=1)
    assigned = in_parallel(
        2, lambda n: route_conversation(Conversation(pk=waiting[n].pk), trigger="sweep")
    )
    assert assigned == [None, None]


def test_arrivals_sweeps_and_messages_at_once_do_not_deadlock(acme):
    visitors = [Vera(acme.inbox) for _ in range(12)]
    for visitor in visitors:
        visitor.writes()

    def act(number):
        if number < 2:
            connect((acme.bob, acme.bea)[number])
        elif number < 4:
            assign_all_queues()
        else:
            for visitor in visitors[number - 4 :: 2]:
                visitor.writes("still here")

    in_parallel(6, act)
    assign_all_queues()
    assert not Conversation.objects.filter(assignee=None).exists()


def test_two_sweeps_reassign_an_overdue_conversation_once(acme, hire, rules, vera):
    rules(answer_minutes=5)
    connect(acme.bob, acme.bea, hire("Ben"), hire("Bill"))
    for body in ("one", "two", "three"):
        conversation = vera.writes(body).conversation
        before = Decision.objects.count()
        expire_timer(conversation)
        in_parallel(4, lambda _number: sweep_overdue())
        assert Decision.objects.count() == before + 1
        reply_as(stored(conversation).assignee, conversation)
