"""To whom an arrival goes: the rules, in the order of routing.actions.assignment."""

from collections import deque

from routing.policy import choose, choose_lead
from routing.simulator.agent import Agent
from routing.simulator.answers import answer_of
from routing.simulator.history import Outcome
from routing.simulator.pool import Pool


class Chat:
    """An arrival while it is played. agent: who has it now; minutes: the answer-by timer they have;
    ends: when it is resolved or snoozed, as planned. given, started: count its holders and its
    timers: what was planned for an earlier one is over. timed_out_for: the agents who let it pass.
    """

    __slots__ = ("agent", "ends", "given", "minutes", "outcome", "timed_out_for", "started")

    def __init__(self, arrival):
        self.outcome = Outcome(arrival)
        self.agent = self.minutes = self.ends = None
        self.timed_out_for = set()
        self.given = self.started = 0

    @property
    def arrival(self):
        return self.outcome.arrival

    def is_answered(self, now):
        return self.outcome.answered_at is not None and self.outcome.answered_at <= now


class Giving:
    """The people, and who gets what at the moment `now`.

    somebody_came: who could not take one can now, so what nobody could take is worth a try again.
    """

    now = 0.0
    somebody_came = False

    def __init__(self, history, rules):
        self.rules = rules
        self.agents = {each.id: Agent(each, self.limit_of(each)) for each in history.people}
        self.pool = Pool(self.agents[pk] for pk in rules.pool)
        self.waiting = deque()
        self.had = {}  # {a conversation's number: who has it, or had it last}
        self.turn = 0

    def limit_of(self, person):
        return person.limit if self.rules.capacity is None else self.rules.capacity

    def change(self, agent, **known):
        """Whatever changes about somebody changes here, or the pool would not see it."""
        could = agent.is_available
        if agent.change(**known) and not could:
            self.somebody_came = True
        self.pool.see(agent)

    def keep(self, chat):
        """Reopened: it stays with whoever had it, if they can take it or the inbox says so; whoever
        is Away and reassigns replies keeps it only if nobody else is there."""
        arrival, owner = chat.arrival, self.owner_of(chat)
        agent = self.agents.get(self.had.get(arrival.number, arrival.before))
        if not arrival.reopened or agent is None or owner not in (None, agent):
            return False
        if agent.reassigns and self.give_to_another(chat):
            return True
        is_theirs = agent.is_available or self.rules.keep_reopened
        if not is_theirs or not agent.person.can_answer:
            return False
        rules = self.rules
        return self.give(chat, agent, rules.owner_minutes if owner else rules.answer_minutes)

    def find_somebody(self, chat):
        return self.give_to_owner(chat) or self.give_to_next(chat) or self.give_as_lead(chat)

    def give_to_another(self, chat):
        """To another who is available: the owner first."""
        return self.give_to_owner(chat, absent=False) or self.give_to_next(chat)

    def owner_of(self, chat):
        """To whom the owner's route leads: not to who gave this one up."""
        owner = self.agents.get(chat.arrival.owner) if self.rules.to_owner else None
        if owner is None or owner in chat.timed_out_for or not owner.person.can_answer:
            return None
        return owner

    def give_to_owner(self, chat, *, absent=True):
        owner = self.owner_of(chat)
        if owner is None or not (absent or owner.is_available):
            return False
        return self.give(chat, owner, self.rules.owner_minutes)

    def give_to_next(self, chat):
        return self.give_in_turn(chat, self.pool.available - chat.timed_out_for, choose)

    def give_as_lead(self, chat):
        return self.rules.leads == "turn" and self.give_in_turn(
            chat, self.pool.for_leads, choose_lead
        )

    def give_in_turn(self, chat, agents, choice):
        """agents: the only ones whom the choice could find; of nobody it is not asked."""
        if not agents:
            return False
        asked = [each.candidate for each in agents]
        chosen = choice(asked, fewest_open_first=self.rules.fewest_open_first)
        self.turn += 1
        agent = self.agents[chosen.membership_id]
        agent.turn = self.turn
        return self.give(chat, agent, self.rules.answer_minutes)

    def give(self, chat, agent, minutes):
        outcome = chat.outcome
        if outcome.given_at is None:
            outcome.given_at, outcome.was_there = self.now, agent.is_available
        self.had[chat.arrival.number] = agent.pk
        if not chat.is_answered(self.now):
            outcome.person = agent.pk
            outcome.answered_at = answer_of(chat.arrival, agent.person, self.now)
        chat.agent, chat.minutes, chat.given = agent, minutes, chat.given + 1
        self.change(agent, load=agent.load + 1)
        return True
