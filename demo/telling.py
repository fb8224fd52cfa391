"""Tells the past: to whom routing gave each visit, by its own choice, and what became of it."""

from operator import itemgetter
from random import Random

from demo.chat import INSTANT, Chat
from routing.policy import AVAILABLE, Candidate, choose, in_order

# How often somebody needs much longer than usual, and how often they hand a chat to another.
LATE, BY_HAND = 0.13, 0.06
MINUTE = 60


class Telling:
    """people: [Person]; habits: {Person's id: theirs}. until: what is not over by then is left out.

    turns: {Person's id: when they were last given one, as a count}.
    """

    def __init__(self, inbox, people, habits, *, origin, until):
        self.inbox, self.people, self.habits = inbox, people, habits
        self.origin, self.until, self.chance = origin, until, Random("telling")
        self.chats, self.waiting = {}, []
        self.turn, self.turns = 0, {}

    def tell(self, visits) -> list[Chat]:
        """In the order in which they began."""
        events = [(visit.at, visit) for visit in visits]
        events += [
            (at, None) for person in self.people for at, code in person.states if code == AVAILABLE
        ]
        for at, visit in sorted(events, key=itemgetter(0)):
            if visit is None:
                self.give_out(at)
            elif visit.after is None:
                self.arrive(visit)
            else:
                self.come_back(visit)
        return [chat for chat in self.chats.values() if chat.is_told]

    def arrive(self, visit):
        chat = self.chats[visit] = Chat(self.inbox, visit, self.origin)
        (who, words), *turns = visit.turns
        chat.says(who, visit.at, words)
        if not self.give(chat, "message", visit.at + INSTANT, turns):
            candidates = self.candidates(visit.at)
            chat.waits("message", visit.at + INSTANT, candidates, self.microseconds())
            self.waiting.append((chat, turns))

    def give_out(self, at):
        """Somebody came: what waits longest goes first."""
        waiting, self.waiting = self.waiting, []
        for place, (chat, turns) in enumerate(waiting, start=1):
            # One transaction after the other.
            if not self.give(chat, "available", at + place / 20, turns):
                self.waiting.append((chat, turns))

    def come_back(self, visit):
        """Left out when it is still open, or when nobody is there."""
        chat, (words, *turns) = self.chats[visit.after], visit.turns
        holder = chat.is_told and chat.ended < visit.at and self.holder_of(chat, visit.at)
        steps = self.steps(holder, visit.at, turns) if holder else None
        if steps is not None:
            self.reopen(chat, visit.at, holder, words)
            self.play(chat, steps)

    def holder_of(self, chat, at):
        """Whoever had it if they are there, else the next."""
        return chat.holder if chat.holder.code_at(at) == AVAILABLE else self.next(at)

    def reopen(self, chat, at, holder, turn):
        chat.says(turn[0], at, turn[1])
        chat.notes("reopened", at + INSTANT, contact=chat.contact.display_name)
        at += 2 * INSTANT
        if holder == chat.holder:
            chat.stays(at, self.candidates(at), self.microseconds())
        else:
            chat.goes_to(holder, "reopened", at, self.candidates(at), self.microseconds())
            self.take_turn(holder)

    def give(self, chat, trigger, at, turns):
        """Returns False when nobody is there."""
        person = self.next(at)
        if person is None:
            return False
        other = self.other_than(person, at) if self.chance.random() < BY_HAND else None
        by_hand = at + self.chance.uniform(30, 120)
        begin = by_hand if other else at
        steps = self.steps(other or person, begin, turns)
        if steps is not None:
            chat.goes_to(person, trigger, at, self.candidates(at), self.microseconds())
            self.take_turn(person)
            if other:
                chat.hand_to(other, by_hand, by=person)
            self.play(chat, steps)
        return True

    def next(self, at):
        chosen = choose(self.candidates(at))
        return chosen and next(each for each in self.people if each.id == chosen.membership_id)

    def candidates(self, at):
        turns = self.turns
        return in_order(
            Candidate(each.id, each.name, each.code_at(at), turns.get(each.id))
            for each in self.people
        )

    def other_than(self, person, at):
        there = (each for each in self.people if each.code_at(at) == AVAILABLE)
        return next((each for each in there if each != person), None)

    def take_turn(self, person):
        self.turn += 1
        self.turns[person.id] = self.turn

    def microseconds(self):
        return int(self.chance.lognormvariate(8.6, 0.3))

    def steps(self, person, begin, turns):
        """[(moment, who, words)] that follow, «resolved» at the end; None: it is not over yet."""
        found, at = [], begin
        for place, (who, words) in enumerate(turns):
            at = self.after(at, who, person, is_first=place == 0)
            if at is None:
                return None
            found.append((at, who, words))
        at = self.there_from(person, at + self.about(self.habits[person.id]["resolves"], 0.9))
        if at is None or at > self.until:
            return None
        return [*found, (at, "resolved", "")]

    def after(self, at, who, person, *, is_first):
        """When the next thing is said."""
        if who == "contact":
            return at + self.about(70)
        usual = self.habits[person.id]["answers"]
        if is_first and self.chance.random() < LATE:
            usual = self.chance.uniform(9, 25) * MINUTE
        return self.there_from(person, at + self.about(usual))

    def about(self, seconds, spread=0.5):
        return seconds * self.chance.lognormvariate(0, spread)

    def there_from(self, person, at):
        """The moment itself, or soon after they are there again."""
        there = person.there_from(at)
        return there if there in (None, at) else there + self.about(80)

    def play(self, chat, steps):
        for at, who, words in steps:
            if who == "resolved":
                chat.notes("resolved", at, by=chat.holder)
            else:
                chat.says(who, at, words)
        # Whoever wrote last has seen what stood above; some never look again.
        seen = self.chance.random() < 0.9 or steps[-2][1] == "contact"
        chat.conversation.contact_read_seq = chat.conversation.last_seq if seen else 0
        chat.is_told = True
