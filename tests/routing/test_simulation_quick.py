"""A replay only checks where something can have changed: it is quick, with the same outcome."""

from collections import Counter
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.simulator import Arrival, History, Member, Rules, assigning, simulate
from routing.simulator.run import Run
from tests.budget import examples
from tests.routing.test_simulation import BEA, BEN, BOB, HOUR, MINUTE

EVERYONE = tuple(UUID(int=number) for number in range(1, 7))
CODES = [*["available"] * 6, "away", "away", "offline", "day_off", "unknown", "suspended"]
PEOPLE = 50


class Past:
    """A short, crowded past: much happens at the same moment, and much is overdue.

    Owners and assignees are not always among the targets.
    """

    def __init__(self, seed):
        self.random = Random(seed)
        people = tuple(map(self.person, EVERYONE))
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
        return Member(
            pk,
            str(pk.int),
            tuple((at, self.random.choice(CODES)) for at in moments),
            capacity=self.perhaps(self.random.randint(1, 4)),
            can_answer=self.likely(0.9),
            wants_email=self.likely(0.7),
            reassigns_replies=self.likely(0.3),
            answers_within=self.perhaps(self.moment()),
        )

    def chat(self, number):
        at, first_assigned_at = self.moment(), self.perhaps(self.moment())
        return Arrival(
            number // 2,
            at,
            owner=self.perhaps(self.random.choice(EVERYONE)),
            reopened=self.likely(0.3),
            previous_assignee=self.perhaps(self.random.choice(EVERYONE)),
            assignee=self.perhaps(self.random.choice(EVERYONE)),
            assigned_at=first_assigned_at,
            first_assigned_at=first_assigned_at,
            answered_at=self.perhaps(at + self.moment()),
            ends_at=self.perhaps(at + self.moment()),
            replies=tuple(at + self.moment() for _ in range(self.random.randrange(3))),
        )

    def held(self):
        for _ in range(self.random.randrange(8)):
            at, pk = self.moment(), self.random.choice(EVERYONE)
            yield from ((at, pk, 1), (at + self.moment(), pk, -1))

    @property
    def rules(self):
        return Rules(
            tuple(self.random.sample(EVERYONE, self.random.randint(0, 6))),
            fewest_open_first=self.likely(0.5),
            to_owner=self.likely(0.5),
            owner_minutes=self.perhaps(self.random.randint(1, 8)),
            leads=self.random.choice(["assign", "queue"]),
            answer_minutes=self.random.choice([None, 1, 3, 8]),
            keep_reopened=self.likely(0.5),
            capacity=self.random.choice([None, None, 1, 3]),
        )


class PlainPool:
    """A pool that checks everyone again each time."""

    def __init__(self, agents):
        self.agents = agents
        self.coming = frozenset(each.pk for each in agents)

    def update(self, agent):
        pass

    @property
    def available(self):
        return {each for each in self.agents if each.is_available}

    @property
    def candidates(self):
        return [each.candidate for each in self.agents]


class PlainRun(Run):
    """A run that tries everything overdue again after each event."""

    def __init__(self, history, rules):
        super().__init__(history, rules)
        self.pool = PlainPool(self.pool.agents)

    def has_others(self, chat):
        return True

    def assign_queue(self):
        self.someone_came = True
        super().assign_queue()


@settings(max_examples=examples(quick=100, soak=5000), deadline=None)
@given(st.integers(0, 2**64))
def test_what_is_not_tried_would_have_come_to_nothing(seed):
    past = Past(seed)
    history, rules = past.history, past.rules
    plain = PlainRun(history, rules)
    while plain.events:
        plain.step()
    assert simulate(history, rules) == [chat.outcome for chat in plain.chats]


@pytest.fixture
def looks(monkeypatch):
    """Counts the candidates that are checked, and the chats for which it is checked whether they
    are answered."""
    counted = Counter()
    is_unanswered = Run.is_unanswered

    def look(make_plan):
        def count(facts, rules, candidates):
            counted["candidates"] += len(candidates)
            return make_plan(facts, rules, candidates)

        return count

    def ask(run, chat):
        counted["chats"] += 1
        return is_unanswered(run, chat)

    for name in ("plan_assignment", "plan_reopened", "plan_reassignment"):
        monkeypatch.setattr(assigning, name, look(getattr(assigning, name)))
    monkeypatch.setattr(Run, "is_unanswered", ask)
    return counted


def test_overdue_conversations_are_not_tried_again_while_no_one_is_available(looks):
    """Half of them are never answered or closed, and the ends of the others don't affect them."""
    people = Member(BOB, "Bob", ((0, "available"),)), Member(BEA, "Bea", ((0, "away"),))
    chats = tuple(
        Arrival(
            number,
            at,
            assignee=BOB,
            first_assigned_at=at,
            assigned_at=at,
            ends_at=at + 30 if number % 2 else None,
        )
        for number, at in enumerate(range(10, 400 * MINUTE, MINUTE))
    )
    simulate(History(people, chats, 401.0 * MINUTE), Rules((BOB, BEA), answer_minutes=5))
    assert looks["candidates"] <= 2 * len(chats)
    assert looks["chats"] <= 2 * len(chats)


def test_what_everyone_has_had_is_not_tried_again_when_someone_comes(looks):
    """No one answers. The member who never comes is not worth waiting for."""
    bob = Member(BOB, "Bob", ((0, "available"),))
    changes = [(at * 5 * MINUTE, ("available", "away")[at % 2]) for at in range(80)]
    people = bob, Member(BEA, "Bea", tuple(changes)), Member(BEN, "Ben", ((0, "away"),))
    chats = tuple(
        Arrival(number, 10.0, first_assigned_at=10.0, ends_at=4e4) for number in range(100)
    )
    outcomes = simulate(History(people, chats, 3e4), Rules((BOB, BEA, BEN), answer_minutes=3))
    assert [each.timeouts for each in outcomes] == [1] * len(chats)
    assert looks["chats"] <= 5 * len(chats)


def coming_and_going(*codes, **known):
    """Return members who keep changing status but are never available."""
    changes = [(at, codes[at % len(codes)]) for at in range(100)]
    return [Member(UUID(int=number + 1), "P", tuple(changes), **known) for number in range(PEOPLE)]


@pytest.mark.parametrize(
    ("leads", "wants_email"), [("queue", True), ("assign", False)], ids=["queue", "no mail"]
)
def test_with_one_waiting_not_everyone_is_checked_at_each_change(looks, leads, wants_email):
    people = coming_and_going("away", "offline", wants_email=wants_email)
    rules = Rules(tuple(each.id for each in people), leads=leads)
    [outcome] = simulate(History(tuple(people), (Arrival(1, 10.0),), HOUR), rules)
    assert outcome.is_waiting
    assert looks["candidates"] <= 2 * PEOPLE


def test_nor_with_one_waiting_for_a_member_at_capacity(looks):
    full = Member(UUID(int=PEOPLE + 1), "Full", ((0, "available"),), capacity=0)
    people = [full, *coming_and_going("away", "offline")]
    rules = Rules(tuple(each.id for each in people))
    [outcome] = simulate(History(tuple(people), (Arrival(1, 10.0),), HOUR), rules)
    assert outcome.is_waiting
    assert looks["candidates"] <= 2 * PEOPLE


def test_only_who_could_have_it_is_looked_at(looks):
    people = [Member(BOB, "Bob", ((0, "available"),)), *coming_and_going("away")[2:]]
    chats = tuple(Arrival(number, 10.0 + number) for number in range(30))
    simulate(History(tuple(people), chats, HOUR), Rules(tuple(each.id for each in people)))
    assert looks["candidates"] == len(chats)
