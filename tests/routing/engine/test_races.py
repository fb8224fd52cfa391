"""Real processes that compete for the same conversations and agents at the same moment."""

import time
from collections import Counter
from contextlib import ExitStack, contextmanager

import pytest
from django.db import transaction

from inbox.actions.inbox import add_inbox_member
from inbox.models import Conversation
from routing.actions.queue import assign_all_queues
from routing.models import Decision, RotationEntry, Routing
from teams import presence
from teams.actions import availability
from teams.actions import membership as membership_actions
from teams.actions.availability import set_available, set_away
from teams.actions.membership import add_member, remove_member
from teams.models import Membership
from tests.budget import examples
from tests.conftest import COMMITS, goes_offline, goes_online
from tests.processes import until
from tests.routing.engine.conftest import add_inbox, change, start_conversations
from tests.routing.engine.job_processes import JobProcess, at_once, run_at_once

pytestmark = COMMITS
PROCESSES = 6
MANY = examples(quick=60, soak=300)
AT_ONCE = examples(quick=90, soak=300)
AGENTS = 5
KNOWN = examples(quick=240, soak=360)
MOST_ROUNDS = examples(quick=12, soak=100)
FEWEST_ROUNDS = 3  # on a machine that is busy with other things


@pytest.fixture
def five(acme, hire, monkeypatch):
    """Create five agents with a page open throughout the test, whose status isn't published."""
    monkeypatch.setattr(presence, "ALIVE_MS", 3_600_000)
    people = [acme.bob, acme.bea, *(hire(name) for name in ("Ben", "Bill", "Bo"))]
    goes_online(*people)
    return people


@pytest.fixture
def shop(acme, five):
    """Create another inbox with the same five agents."""
    return add_inbox(acme, *five)


def writers(*inboxes, chats, processes=PROCESSES, job="write"):
    """Start processes whose visitors start this many conversations in total."""
    pks = [str(inbox.pk) for inbox in inboxes]
    return [
        JobProcess(job, inboxes=pks[n % len(pks) :] + pks[: n % len(pks)], count=chats // processes)
        for n in range(processes)
    ]


def loads():
    held = Conversation.objects.open().exclude(assignee=None)
    return Counter(held.values_list("assignee", flat=True))


def has_one_decision_each():
    chosen = Decision.objects.exclude(chosen=None).values_list("conversation", flat=True)
    return set(Counter(chosen).values()) == {1}


def test_conversations_at_once_are_as_many_for_each_of_five(acme, five):
    run_at_once(*writers(acme.inbox, chats=AT_ONCE))
    assert loads() == {each.pk: AT_ONCE // AGENTS for each in five}
    assert Decision.objects.count() == AT_ONCE
    assert has_one_decision_each()


def test_those_that_waited_and_are_written_in_again_are_shared_evenly(acme, five):
    goes_offline(*five)
    again = writers(acme.inbox, chats=MANY, job="write_again")
    run_at_once(*again, before=lambda: goes_online(*five))
    assert loads() == {each.pk: MANY // AGENTS for each in five}
    assert Decision.objects.exclude(chosen=None).count() == MANY
    assert has_one_decision_each()


def test_turns_of_two_inboxes_are_fair_in_each(acme, five, shop):
    run_at_once(*writers(acme.inbox, shop, chats=MANY))
    for inbox in (acme.inbox, shop):
        assigned = Conversation.objects.filter(inbox=inbox).values_list("assignee", flat=True)
        assert Counter(assigned) == {each.pk: MANY // 2 // AGENTS for each in five}


def test_no_one_is_given_more_than_their_limit_at_any_time(acme, five, shop):
    limit = MANY // 15
    for each in five:
        change(each, capacity=limit)
    with at_once(*writers(acme.inbox, shop, chats=MANY)) as processes:
        most = watch(processes)
        for process in processes:
            process.finish()
    assert loads() == {each.pk: limit for each in five}
    assert Conversation.objects.waiting_for_agent().count() == MANY - limit * AGENTS
    assert most == limit
    with at_once(*(JobProcess("resolve", share=n, of=4) for n in range(4))) as processes:
        most = watch(processes)
        for process in processes:
            process.finish()
    assert most == limit
    assert Conversation.objects.open().count() == 0
    assert has_one_decision_each()


def test_many_inboxes_with_the_same_few_agents_do_not_hold_each_other_up(acme, five):
    """Each is found full by one process while it is held by another."""
    others = [add_inbox(acme, *five, name=name) for name in ("Shop", "Help", "Jobs")]
    for each in five:
        change(each, capacity=8)
    goes_offline(*five)
    again = writers(acme.inbox, *others, chats=MANY, processes=8, job="write_again")
    run_at_once(*again, before=lambda: goes_online(*five))
    assert loads() == {each.pk: 8 for each in five}


@contextmanager
def locked(pk):
    """Lock a conversation, so that the processes that come to it wait."""
    with transaction.atomic():
        Conversation.objects.select_for_update().get(pk=pk)
        yield


def watch(processes):
    """Return the most conversations that an agent had at once while the processes were busy."""
    most = 0
    while any(process.is_busy for process in processes):
        most = max(most, *loads().values(), 0)
        time.sleep(0.01)  # the processes need the machine too
    return most


def test_a_manual_assignment_stays_whatever_the_sweep_does(acme, five):
    goes_offline(*five)
    waiting = [each.pk for each in start_conversations(acme.inbox, MANY)]
    pks = [str(pk) for pk in waiting]
    goes_online(*five)
    sweeps = [JobProcess("sweep", times=3) for _ in range(2)]
    people = [
        JobProcess("assign", conversations=pks[::-1], to=str(acme.alice.pk)) for _ in range(2)
    ]
    assigned = Decision.objects.exclude(chosen=None)
    with ExitStack() as lock:

        def hold_the_middle():
            lock.enter_context(locked(waiting[MANY // 2]))

        # Neither side gets past the middle before the other has begun.
        with at_once(*sweeps, *people, before=hold_the_middle) as processes:
            until(assigned.exists, what="an assignment by the sweep")
            until(Conversation.objects.filter(assignee=acme.alice).exists, what="one by a person")
            lock.close()
            for process in processes:
                process.finish()
    assert loads() == {acme.alice.pk: MANY}
    assert 0 < assigned.count() < MANY
    for pk in waiting:
        entries = Conversation.objects.get(pk=pk).messages.filter(activity="assigned")
        assert entries.order_by("seq").last().details["to"] == "Alice"


@pytest.fixture
def _at_that_very_moment(monkeypatch):
    """Publish no status, which would give a decision that is under way time to finish."""
    for module in (availability, membership_actions):
        monkeypatch.setattr(module, "publish_status_changes", lambda *_, **__: None)


@pytest.mark.usefixtures("_at_that_very_moment")
def test_an_agent_is_assigned_nothing_from_the_moment_they_go_away(acme, five):
    bob, rounds = acme.bob, 0
    acme.inbox.members.exclude(membership=bob).delete()
    assigned = Decision.objects.filter(chosen=bob)
    with at_once(*writers(acme.inbox, chats=900, processes=3)) as processes:
        until(lambda: assigned.count() > 3, what="the first chats")
        while all(process.is_busy for process in processes) and rounds < MOST_ROUNDS:
            set_away(bob)
            before = assigned.count()
            time.sleep(0.02)
            assert assigned.count() == before, f"given a chat while away, in round {rounds}"
            set_available(bob)
            rounds += 1
            until(lambda n=before: assigned.count() > n or not all(h.is_busy for h in processes))
    assert rounds >= FEWEST_ROUNDS, "too few moments to prove anything"


@pytest.mark.usefixtures("_at_that_very_moment")
def test_a_removed_agent_keeps_and_gets_nothing_from_that_moment_on(acme, five):
    """The visitors are known, because numbering new conversations would delay the removal."""
    bob, rounds = acme.bob, 0
    acme.inbox.members.exclude(membership=bob).delete()
    goes_offline(*five)
    again = writers(acme.inbox, chats=KNOWN, processes=3, job="write_again")
    with at_once(*again, before=lambda: goes_online(*five)) as processes:
        until(lambda: loads()[bob.pk] > 0, what="the first chat")
        while all(process.is_busy for process in processes) and rounds < MOST_ROUNDS:
            remove_member(bob, by=acme.alice)
            for _ in range(2):
                assert loads()[bob.pk] == 0, f"has a chat after being removed, in round {rounds}"
                time.sleep(0.02)
            bob = add_member(acme.workspace, user=bob.user)
            add_inbox_member(acme.inbox, membership=bob)
            rounds += 1
            until(lambda pk=bob.pk: loads()[pk] > 0 or not all(h.is_busy for h in processes))
        for process in processes:
            if not process.is_busy:
                process.finish()  # which fails if the process failed
    assert rounds >= FEWEST_ROUNDS, "too few moments to prove anything"

    def all_are_assigned():
        assign_all_queues()  # which skips what a killed process still locks
        return loads() == {bob.pk: KNOWN}

    until(all_are_assigned, what="every conversation with the one agent")


def test_after_a_kill_the_rotation_continues_where_it_was(acme, five):
    goes_offline(*five)
    start_conversations(acme.inbox, MANY)
    goes_online(*five)
    assigned = Decision.objects.exclude(chosen=None)
    for life in range(3):
        already = assigned.count()
        # However late it is killed, it gets no further than to this one.
        last = Conversation.objects.waiting_for_agent().order_by("number")[MANY // 5]
        with locked(last.pk), at_once(JobProcess("run_queue")) as [process]:
            until(lambda n=already: assigned.count() > n + 8, what="some decisions")
            process.kill()
        assert Conversation.objects.waiting_for_agent().exists(), f"life {life} was not cut short"
    run_at_once(JobProcess("run_queue"), JobProcess("run_queue"))
    in_order = assigned.order_by("candidates__0__last_assigned_at")
    chosen = list(in_order.values_list("chosen", flat=True))
    assert loads() == {each.pk: MANY // AGENTS for each in five}
    assert len(chosen) == MANY
    assert has_one_decision_each()
    assert Routing.objects.get(inbox=acme.inbox).assignment_count == MANY
    assert sorted(RotationEntry.objects.values_list("last_assigned_at", flat=True)) == list(
        range(MANY - 4, MANY + 1)
    )


def test_killed_while_visitors_write_nothing_is_lost_and_the_turn_holds(acme, five):
    acknowledged = set()
    for _ in range(3):
        processes = writers(acme.inbox, chats=600, processes=3)
        already = Conversation.objects.count()
        with at_once(*processes):
            until(lambda n=already: Conversation.objects.count() > n + 20, what="some chats")
            for process in processes:
                acknowledged |= set(process.kill())
    assert 50 < len(acknowledged) < 1800
    stored = set(map(str, Conversation.objects.values_list("pk", flat=True)))
    assert acknowledged <= stored
    counts = loads()
    assert sum(counts.values()) == len(stored)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert has_one_decision_each()
    assert Membership.objects.filter(pk__in=counts).count() == 5
