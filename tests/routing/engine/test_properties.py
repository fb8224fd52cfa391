"""Whatever happens in a company: assignments were possible, and reasons for waiting are true."""

import logging
from collections import Counter
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from inbox.actions.inbox import add_inbox_member, create_inbox, set_inbox_members
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation, Inbox
from inbox.tasks import wake_snoozed
from messagehub.lib import redis
from routing.actions.engine import Assignment
from routing.models import Decision, Routing
from routing.tasks import sweep_overdue, sweep_waiting
from teams import presence
from teams.actions.team import save_team
from teams.models import Membership, Team
from teams.tasks import sweep_presence, sweep_statuses
from tests.budget import examples
from tests.clock import movable_clock
from tests.commits import commit_effects
from tests.conftest import Vera
from tests.routing.engine.checks import Checks
from tests.routing.engine.company import Company, Desk, Person
from tests.routing.engine.conftest import TAB
from tests.routing.engine.life import (
    NAMES,
    Life,
    aims,
    desks,
    few,
    limits,
    rules,
    schedules,
    several,
)

MORNING = datetime(2027, 3, 1, 8, 40, 30, tzinfo=UTC)


class Errors(logging.Handler):
    """Fails the test for every logged error."""

    def emit(self, record):
        raise AssertionError(self.format(record))


class Routed(Life):
    def __init__(self):
        super().__init__()
        self.undo = ExitStack()
        redis.client().connection_pool.unavailable_until = 0.0
        redis.client().flushdb()
        redis.client().set(presence.HEARD_SINCE, 0)
        self.clock = self.undo.enter_context(movable_clock())
        self.clock.set(MORNING)
        # The sweep does the work of background tasks here.
        self.undo.enter_context(patch("messagehub.lib.on_commit.enqueue"))
        atomic = transaction.atomic()
        self.undo.enter_context(atomic)
        self.undo.callback(transaction.set_rollback, True)
        self.undo.enter_context(commit_effects())
        self.build()
        for verb in ("assign", "keep"):
            self.spy_on(verb)
        self.listen_for_errors()

    def build(self):
        people = {
            each.name: Person(each, is_admin=each.name == "Alice")
            for each in Membership.objects.with_related()
        }
        self.company = Company(people, [Desk(inbox) for inbox in Inbox.objects.order_by("pk")])
        self.checks, self.visitors, self.team = Checks(self.company), [], Team.objects.get()

    def spy_on(self, verb):
        real = getattr(Assignment, verb)

        def spy(assignment, held, rule, **more):
            self.checks.assigned(assignment, held, rule)
            return real(assignment, held, rule, **more)

        self.undo.enter_context(patch.object(Assignment, verb, spy))

    def listen_for_errors(self):
        errors, logger = Errors(logging.ERROR), logging.getLogger()
        logger.addHandler(errors)
        self.undo.callback(logger.removeHandler, errors)

    @initialize(
        rules=st.tuples(rules, rules),
        people=st.tuples(few, few),
        aims=st.tuples(*[st.one_of(st.just(set()), aims)] * 2),
        team=several,
        absent=few,
        limits=st.fixed_dictionaries(dict.fromkeys(NAMES, limits)),
        schedules=st.fixed_dictionaries(dict.fromkeys(NAMES, schedules)),
        chats=st.lists(st.tuples(desks, st.sampled_from([None, *NAMES])), max_size=4),
    )
    def begins(self, rules, people, aims, team, absent, limits, schedules, chats):
        self.join_the_team(team)
        for number in (0, 1):
            self.gets_people(number, set(NAMES) - people[number])
            self.gets_rules(number, rules[number], aims[number])
        for name in NAMES:
            self.has_a_limit(name, limits[name])
            self.has_hours(name, schedules[name])
        self.open_a_page(set(NAMES) - absent)
        for number, (desk, owner) in enumerate(chats):
            self.writes(number, desk, 1)
            self.gets_an_owner(number, owner)

    @invariant()
    def all_is_well_once_the_clock_has_run(self):
        for _ in range(4):
            before = Decision.objects.count()
            the_clock_runs()
            if Decision.objects.count() == before:
                break
        self.checks.everything()

    def teardown(self):
        self.undo.close()
        redis.client().connection_pool.unavailable_until = 0.0


def the_clock_runs():
    with suppress(*redis.UNAVAILABLE):
        sweep_presence()
    for task in (wake_snoozed, sweep_statuses, sweep_waiting, sweep_overdue):
        task()


@pytest.fixture
def company(acme, hire):
    hire("Ben"), hire("Olga")
    second = create_inbox(acme.workspace, name="Shop")
    Routing.objects.create(workspace=acme.workspace, inbox=second)
    save_team(acme.workspace, name="Team", members=[], by=acme.alice)
    set_inbox_members(acme.inbox, members=[], by=acme.alice)


def test_every_assignment_was_possible_and_every_reason_for_waiting_is_true(company):
    checks = HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much
    run_state_machine_as_test(
        Routed,
        settings=settings(
            max_examples=examples(quick=4, soak=200),
            stateful_step_count=examples(quick=25, soak=50),
            deadline=None,
            suppress_health_check=checks,
        ),
    )


@given(
    people=st.integers(1, 5),
    events=st.lists(st.sampled_from(["new", "new", "new", "again", "done", "sweep"]), max_size=30),
)
@settings(
    max_examples=examples(quick=5, soak=50), deadline=None, suppress_health_check=list(HealthCheck)
)
def test_no_agent_of_a_stable_set_gets_two_conversations_more_than_another(company, people, events):
    with transaction.atomic():
        inbox, team = Inbox.objects.earliest("created_at"), Membership.objects.all()[:people]
        redis.client().flushdb()
        for each in team:
            add_inbox_member(inbox, membership=each)
            presence.record_heartbeat(each, TAB)
        live(inbox, events)
        assigned_out = Decision.objects.filter(rule="round_robin").values_list("chosen", flat=True)
        counts = Counter({each.pk: 0 for each in team}) + Counter(assigned_out)
        counts = [counts[each.pk] for each in team]
        assert sum(counts) == events.count("new")
        assert max(counts) - min(counts) <= 1
        transaction.set_rollback(True)


def live(inbox, events):
    visitors = []
    for number, event in enumerate(events):
        if event == "new":
            visitors.append(Vera(inbox))
            visitors[-1].writes()
        elif event == "sweep":
            sweep_waiting()
        elif visitors:
            visitor = visitors[number % len(visitors)]
            if event == "again":
                visitor.writes()
            else:
                theirs = Conversation.objects.order_by("number")[number % len(visitors)]
                resolve_conversation(theirs)
