"""Carries out the plans of routing.policy in memory, for a replay."""

from collections import deque

from routing.policy import (
    ASSIGN_LEADS,
    Facts,
    StepKind,
    plan_assignment,
    plan_reassignment,
    plan_reopened,
    response_minutes,
)
from routing.simulator.agent import Agent
from routing.simulator.answers import answer_at
from routing.simulator.history import Outcome
from routing.simulator.pool import Pool


class Chat:
    """An arrival while it is played.

    agent: its assignee now; minutes: of the response timer they have; ends_at: when it is planned
    to be resolved or snoozed. assigned, started: count its assignees and timers, because what was
    planned for an earlier one is over. timed_out_for: ids of those who didn't answer in time.
    """

    __slots__ = ("agent", "assigned", "ends_at", "minutes", "outcome", "started", "timed_out_for")

    def __init__(self, arrival):
        self.outcome = Outcome(arrival)
        self.agent = self.minutes = self.ends_at = None
        self.timed_out_for = frozenset()
        self.assigned = self.started = 0

    @property
    def arrival(self):
        return self.outcome.arrival

    def is_answered(self, now):
        return self.outcome.answered_at is not None and self.outcome.answered_at <= now


class Assigning:
    """The agents, and who gets what at the moment `now`.

    someone_came: an agent became available, so what no one could take is worth another try.
    """

    now = 0.0
    someone_came = False

    def __init__(self, history, rules):
        self.rules = rules
        self.agents = {each.id: Agent(each, self.capacity_of(each)) for each in history.members}
        asked = (self.agents[pk] for pk in rules.pool)
        self.pool = Pool(asked, assigns_leads=rules.leads == ASSIGN_LEADS)
        self.waiting = deque()
        self.last_assignees = {}  # {number of a conversation: membership's id}
        self.assignments = 0

    def capacity_of(self, member):
        return member.capacity if self.rules.capacity is None else self.rules.capacity

    def change(self, agent, **known):
        """Change an agent. All changes come through here, or the pool would not see them."""
        was_available = agent.is_available
        agent.change(**known)
        if agent.is_available and not was_available:
            self.someone_came = True
        self.pool.update(agent)

    def assign(self, chat, *, previous=None):
        """Assign a chat that arrives or waits. Returns whether someone could take it.

        previous: the agent who had it until the contact reopened it just now.
        """
        make_plan = plan_assignment if previous is None else plan_reopened
        return self.carry_out(make_plan, chat, previous)

    def reassign(self, chat):
        """Move a chat to someone else who is available. Returns False if no one is."""
        return self.carry_out(plan_reassignment, chat, chat.agent)

    def carry_out(self, make_plan, chat, assignee):
        facts = self.facts_of(chat, assignee)
        for step in make_plan(facts, self.rules, self.pool.candidates):
            if step.kind is StepKind.QUEUE:
                return False
            agent = self.agents[step.members[0]]
            if step.accepts(agent.candidate):
                self.assign_by(step, chat, agent)
                return True
        return False

    def assign_by(self, step, chat, agent):
        if step.kind in (StepKind.ROTATION, StepKind.LEAD):
            self.assignments += 1
            agent.last_assigned_at = self.assignments
        rule = step.rule_for(agent.candidate, self.rules)
        self.assign_to(agent, chat, response_minutes(self.rules, rule))

    def facts_of(self, chat, assignee=None):
        owner = self.agents.get(chat.arrival.owner)
        can_answer = owner is not None and owner.member.can_answer
        return Facts(
            owner=owner.pk if can_answer else None,
            owner_status=owner.candidate.status if can_answer else None,
            assignee=assignee and assignee.pk,
            reassigns_replies=assignee is not None and assignee.reassigns_replies,
            timed_out_for=chat.timed_out_for,
        )

    def assign_to(self, agent, chat, minutes):
        outcome = chat.outcome
        if outcome.assigned_at is None:
            outcome.assigned_at, outcome.was_available = self.now, agent.is_available
        self.last_assignees[chat.arrival.number] = agent.pk
        if not chat.is_answered(self.now):
            outcome.assignee = agent.pk
            outcome.answered_at = answer_at(chat.arrival, agent.member, self.now)
        chat.agent, chat.minutes, chat.assigned = agent, minutes, chat.assigned + 1
        self.change(agent, open_count=agent.open_count + 1)
