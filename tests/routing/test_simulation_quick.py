"""A replay looks only where something can have changed: it is quick, and comes to the same."""

from collections import Counter
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.policy import choose_lead
from routing.simulator import Arrival, History, Person, Rules, giving, simulate
from routing.simulator.run import Run
from tests.budget import examples
from tests.routing.test_simulation import BEA, BEN, BOB, HOUR, MINUTE

EVERYBODY = tuple(UUID(int=number) for number in range(1, 7))
CODES = [*["available"] * 6, "away", "away", "offline", "day_off", "unknown", "suspended"]
PEOPLE = 50


class Past:
    """Short and crowded: much happens in the same moment, and much is overdue.

    Owners and holders are not always asked.
    """

    def __init__(self, seed):
        self.random = Random(seed)
        people = tuple(map(self.person, EVERYBODY))
        chats = tuple(map(self.chat, range(self.random.randrange(40))))
        hours = [(self.moment(), self.likely(0.6)) for _ in range(self.random.randrange(4))]
        self.history = History(people, chats, HOUR, tuple(self.held()), tuple(sorted(hours)))

    def moment(self):
        return self.random.randrange(90) * 30

    def likely(self, share):
        return self.random.random() < share

    def perhaps(self, value):
        return value if self.likely(0.5) else None

    def person(self, pk):
        moments = sorted({self.moment() for _ in range(self.random.randrange(12))})
        return Person(
            pk,
            str(pk.int),
            tuple((at, self.random.choice(CODES)) for at in moments),
            limit=self.perhaps(self.random.randint(1, 4)),
            can_answer=self.likely(0.9),
            wants_email=self.likely(0.7),
            reassigns=self.likely(0.3),
            answers_in=self.perhaps(self.moment()),
        )

    def chat(self, number):
        at, had_at = self.moment(), self.perhaps(self.moment())
        return Arrival(
            number // 2,
            at,
            owner=self.perhaps(self.random.choice(EVERYBODY)),
            reopened=self.likely(0.3),
            before=self.perhaps(self.random.choice(EVERYBODY)),
            had=self.perhaps(self.random.choice(EVERYBODY)),
            got_at=had_at,
            had_at=had_at,
            answered_at=self.perhaps(at + self.moment()),
            ends=self.perhaps(at + self.moment()),
            replies=tuple(at + self.moment() for _ in range(self.random.randrange(3))),
        )

    def held(self):
        for _ in range(self.random.randrange(8)):
            at, pk = self.moment(), self.random.choice(EVERYBODY)
            yield from ((at, pk, 1), (at + self.moment(), pk, -1))

    @property
    def rules(self):
        return Rules(
            tuple(self.random.sample(EVERYBODY, self.random.randint(0, 6))),
            fewest_open_first=self.likely(0.5),
            to_owner=self.likely(0.5),
            owner_minutes=self.perhaps(self.random.randint(1, 8)),
            leads=self.random.choice(["turn", "queue"]),
            answer_minutes=self.random.choice([None, 1, 3, 8]),
            keep_reopened=self.likely(0.5),
            capacity=self.random.choice([None, None, 1, 3]),
        )


class Everybody:
    """The pool as everybody in it, looked at anew each time."""

    def __init__(self, agents):
        self.agents = self.coming = agents

    def see(self, agent):
        pass

    @property
    def available(self):
        return {each for each in self.agents if each.is_available}

    @property
    def for_leads(self):
        return self.agents if choose_lead([each.candidate for each in self.agents]) else ()


class Plain(Run):
    """Whatever happens, all that is overdue is tried again."""

    def __init__(self, history, rules):
        super().__init__(history, rules)
        self.pool = Everybody(self.pool.agents)

    def has_others(self, chat):
        return True

    def give_out(self):
        self.somebody_came = True
        super().give_out()


@settings(max_examples=examples(quick=100, soak=5000), deadline=None)
@given(st.integers(0, 2**64))
def test_what_is_not_tried_would_have_come_to_nothing(seed):
    past = Past(seed)
    history, rules = past.history, past.rules
    plain = Plain(history, rules)
    while plain.events:
        plain.step()
    assert simulate(history, rules) == [chat.outcome for chat in plain.chats]


@pytest.fixture
def looks(monkeypatch):
    """Counts the candidates that are looked at, and the chats of which is asked whether they are
    answered."""
    counted = Counter()
    is_unanswered = Run.is_unanswered

    def look(choice):
        def count(candidates, **how):
            counted["candidates"] += len(candidates)
            return choice(candidates, **how)

        return count

    def ask(run, chat):
        counted["chats"] += 1
        return is_unanswered(run, chat)

    monkeypatch.setattr(giving, "choose", look(giving.choose))
    monkeypatch.setattr(giving, "choose_lead", look(giving.choose_lead))
    monkeypatch.setattr(Run, "is_unanswered", ask)
    return counted


def test_what_is_overdue_is_not_tried_again_while_nobody_comes(looks):
    """Half of them are never answered nor closed, and every other end changes nothing for them."""
    people = Person(BOB, "Bob", ((0, "available"),)), Person(BEA, "Bea", ((0, "away"),))
    chats = tuple(
        Arrival(number, at, had=BOB, had_at=at, got_at=at, ends=at + 30 if number % 2 else None)
        for number, at in enumerate(range(10, 400 * MINUTE, MINUTE))
    )
    simulate(History(people, chats, 401.0 * MINUTE), Rules((BOB, BEA), answer_minutes=5))
    assert looks["candidates"] <= 2 * len(chats)
    assert looks["chats"] <= 2 * len(chats)


def test_what_everybody_has_had_is_not_tried_again_whoever_comes(looks):
    """Nobody answers. The one who never comes is nobody to wait for."""
    bob = Person(BOB, "Bob", ((0, "available"),))
    changes = [(at * 5 * MINUTE, ("available", "away")[at % 2]) for at in range(80)]
    people = bob, Person(BEA, "Bea", tuple(changes)), Person(BEN, "Ben", ((0, "away"),))
    chats = tuple(Arrival(number, 10.0, had_at=10.0, ends=4e4) for number in range(100))
    outcomes = simulate(History(people, chats, 3e4), Rules((BOB, BEA, BEN), answer_minutes=3))
    assert [each.passes for each in outcomes] == [1] * len(chats)
    assert looks["chats"] <= 5 * len(chats)


def coming_and_going(*codes, **known):
    """Nobody of them is ever there, and that changes again and again."""
    changes = [(at, codes[at % len(codes)]) for at in range(100)]
    return [Person(UUID(int=number + 1), "P", tuple(changes), **known) for number in range(PEOPLE)]


@pytest.mark.parametrize(
    ("leads", "wants_email"), [("queue", True), ("turn", False)], ids=["queue", "no mail"]
)
def test_one_that_waits_is_no_look_at_everybody_at_each_change(looks, leads, wants_email):
    people = coming_and_going("away", "offline", wants_email=wants_email)
    rules = Rules(tuple(each.id for each in people), leads=leads)
    [outcome] = simulate(History(tuple(people), (Arrival(1, 10.0),), HOUR), rules)
    assert outcome.waits
    assert looks["candidates"] <= 2 * PEOPLE


def test_nor_is_one_that_waits_for_somebody_who_is_full(looks):
    full = Person(UUID(int=PEOPLE + 1), "Full", ((0, "available"),), limit=0)
    people = [full, *coming_and_going("away", "offline")]
    rules = Rules(tuple(each.id for each in people))
    [outcome] = simulate(History(tuple(people), (Arrival(1, 10.0),), HOUR), rules)
    assert outcome.waits
    assert looks["candidates"] <= 2 * PEOPLE


def test_only_who_could_have_it_is_looked_at(looks):
    people = [Person(BOB, "Bob", ((0, "available"),)), *coming_and_going("away")[2:]]
    chats = tuple(Arrival(number, 10.0 + number) for number in range(30))
    simulate(History(tuple(people), chats, HOUR), Rules(tuple(each.id for each in people)))
    assert looks["candidates"] == len(chats)
