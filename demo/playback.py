"""Plays back the past: who routing's policy assigned each visit to, and how it ended."""

from operator import itemgetter
from random import Random

from demo.chat import INSTANT, Chat
from demo.visits import PAST, Deck
from routing.models import Trigger
from routing.policy import (
    Candidate,
    Facts,
    StepKind,
    plan_assignment,
    plan_reopened,
    sort_candidates,
)
from routing.rules import AVAILABLE, ONLINE
from routing.simulator import Rules

# The shares of first replies that take much longer, and of chats that are passed to a colleague.
LATE, BY_HAND = 0.13, 0.06
# The share of resolved conversations that are rated.
RATES = 0.6
MINUTE = 60


class Playback:
    """Plays the visits back in the order of their times.

    members: [routing.simulator.Member]; habits: {member's id: their habits}. until: conversations
    that aren't resolved by then are left out. rotation: {member's id: when they were last assigned
    one, as a count}.
    """

    def __init__(self, inbox, members, habits, *, origin, until):
        self.inbox, self.members, self.habits = inbox, members, habits
        self.origin, self.until, self.random = origin, until, Random("telling")
        self.rules = Rules(tuple(each.id for each in members), leads="queue")
        # Ratings have a generator of their own, so that they don't change what the agents do.
        self.ratings = Deck(PAST["ratings"], Random("ratings"))
        self.chats, self.waiting = {}, []
        self.assignments, self.rotation = 0, {}

    def run(self, visits) -> list[Chat]:
        """Return the conversations, in the order in which they began."""
        events = [(visit.at, visit) for visit in visits]
        events += [
            (at, None)
            for member in self.members
            for at, state in member.states
            if state == AVAILABLE
        ]
        for at, visit in sorted(events, key=itemgetter(0)):
            if visit is None:
                self.assign_queue(at)
            elif visit.after is None:
                self.arrive(visit)
            else:
                self.reopen_earlier(visit)
        return [chat for chat in self.chats.values() if chat.is_complete]

    def arrive(self, visit):
        chat = self.chats[visit] = Chat(self.inbox, visit, self.origin)
        (author, text), *turns = visit.turns
        chat.add_message(author, visit.at, text)
        at = visit.at + INSTANT
        if not self.assign(chat, Trigger.MESSAGE, at, turns):
            chat.add_waiting(Trigger.MESSAGE, at, self.candidates(at), self.microseconds())
            self.waiting.append((chat, turns))

    def assign_queue(self, at):
        """Assign the waiting conversations, oldest first, because an agent became available."""
        waiting, self.waiting = self.waiting, []
        for number, (chat, turns) in enumerate(waiting, start=1):
            # One transaction after the other.
            if not self.assign(chat, Trigger.AVAILABLE, at + number / 20, turns):
                self.waiting.append((chat, turns))

    def reopen_earlier(self, visit):
        """Reopen the earlier conversation, unless it is still open or no one could answer it."""
        chat, (message, *turns) = self.chats[visit.after], visit.turns
        if not chat.is_complete or chat.ended_at >= visit.at:
            return
        facts = Facts(assignee=chat.assignee.id)
        step = next(self.accepted_steps(plan_reopened, facts, visit.at))
        if step.kind is StepKind.QUEUE:
            return
        member = self.member(step.members[0])
        steps = self.steps(member, visit.at, turns)
        if steps is not None:
            self.reopen(chat, visit.at, step, message)
            self.play(chat, steps)

    def reopen(self, chat, at, step, message):
        chat.add_message(message[0], at, message[1])
        chat.add_activity("reopened", at + INSTANT, contact=chat.contact.display_name)
        chat.conversation.rating = None
        at += 2 * INSTANT
        if step.kind is StepKind.KEEP:
            chat.keep(at, self.candidates(at), self.microseconds())
        else:
            member = self.member(step.members[0])
            candidates, microseconds = self.candidates(at), self.microseconds()
            chat.assign(member, Trigger.REOPENED, at, candidates, microseconds)
            self.move_to_end(member)

    def assign(self, chat, trigger, at, turns):
        """Return False if no one could take it, so it has to wait."""
        step = next(self.accepted_steps(plan_assignment, Facts(), at))
        if step.kind is StepKind.QUEUE:
            return False
        member = self.member(step.members[0])
        other = self.other_than(member, at) if self.random.random() < BY_HAND else None
        by_hand_at = at + self.random.uniform(30, 120)
        steps = self.steps(other or member, by_hand_at if other else at, turns)
        if steps is not None:
            chat.assign(member, trigger, at, self.candidates(at), self.microseconds())
            self.move_to_end(member)
            if other:
                chat.assign_by_hand(other, by_hand_at, by=member)
            self.play(chat, steps)
        return True

    def accepted_steps(self, make_plan, facts, at):
        """Yield the steps that can be carried out at that moment. The queue always can."""
        candidates = self.candidates(at)
        known = {each.membership_id: each for each in candidates}
        for step in make_plan(facts, self.rules, candidates):
            if not step.members or step.accepts(known[step.members[0]]):
                yield step

    def candidates(self, at):
        found = []
        for member in self.members:
            state = member.state_at(at)
            last_assigned_at = self.rotation.get(member.id)
            is_online = state in ONLINE
            found.append(
                Candidate(member.id, member.name, state, last_assigned_at, is_online=is_online)
            )
        return sort_candidates(found, self.rules)

    def member(self, pk):
        return next(each for each in self.members if each.id == pk)

    def other_than(self, member, at):
        available = (each for each in self.members if each.state_at(at) == AVAILABLE)
        return next((each for each in available if each != member), None)

    def move_to_end(self, member):
        self.assignments += 1
        self.rotation[member.id] = self.assignments

    def microseconds(self):
        return int(self.random.lognormvariate(8.6, 0.3))

    def steps(self, member, begin, turns):
        """Return [(moment, author, text)] that follow, "resolved" last; None if it isn't over."""
        found, at = [], begin
        for number, (author, text) in enumerate(turns):
            at = self.next_moment(at, author, member, is_first=number == 0)
            if at is None:
                return None
            found.append((at, author, text))
        resolves_after = self.about(self.habits[member.id]["resolves"], 0.9)
        at = self.available_from(member, at + resolves_after)
        if at is None or at > self.until:
            return None
        return [*found, (at, "resolved", "")]

    def next_moment(self, at, author, member, *, is_first):
        """Return when the next message is written."""
        if author == "contact":
            return at + self.about(70)
        usual = self.habits[member.id]["answers"]
        if is_first and self.random.random() < LATE:
            usual = self.random.uniform(9, 25) * MINUTE
        return self.available_from(member, at + self.about(usual))

    def about(self, seconds, spread=0.5):
        return seconds * self.random.lognormvariate(0, spread)

    def available_from(self, member, at):
        """Return the moment itself, or one soon after they are available again."""
        begin = member.available_from(at)
        return begin if begin in (None, at) else begin + self.about(80)

    def play(self, chat, steps):
        for at, author, text in steps:
            if author == "resolved":
                chat.add_activity("resolved", at, by=chat.assignee)
            else:
                chat.add_message(author, at, text)
        self.rate(chat, steps[-1][0])
        # A contact who wrote last has seen everything above; others may never look again.
        has_seen = self.random.random() < 0.9 or steps[-2][1] == "contact"
        chat.conversation.contact_read_seq = chat.conversation.last_seq if has_seen else 0
        chat.is_complete = True

    def rate(self, chat, resolved_at):
        """Let some contacts rate the conversation a minute or two after it was resolved."""
        random = self.ratings.random
        at = resolved_at + random.uniform(20, 120)
        if at < self.until and random.random() < RATES:
            chat.rate(at, **self.ratings.draw())
