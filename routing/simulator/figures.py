"""What came out, in figures: the same for what really happened and for a replay."""

from collections import Counter
from dataclasses import dataclass
from math import inf
from statistics import median, quantiles
from uuid import UUID

from routing.simulator.history import AVAILABLE, History, Outcome, code_at

AT_ONCE = 5  # seconds in which a conversation that could go to somebody does


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds; None when there are none."""

    count: int
    median: float | None = None
    ninety: float | None = None
    longest: float | None = None

    @classmethod
    def of(cls, seconds):
        if not seconds:
            return cls(0)
        ninety = (
            quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
        )
        return cls(len(seconds), median(seconds), ninety, max(seconds))


@dataclass(frozen=True, slots=True)
class Figures:
    """waits: of those that did not go to somebody at once, until they did, were closed without
    anybody, or, for those that still wait, until the end. answers: from the contact's message to
    the first answer. had: {person: how many}.
    """

    count: int
    waits: Times
    answers: Times
    still_waiting: int
    closed_waiting: int
    not_there: int
    passed_on: int
    had: dict[UUID, int]

    @property
    def at_once(self):
        return self.count - self.waits.count

    def spread(self, people):
        """Between whoever had most and fewest of these people; None: nobody is asked."""
        counts = [self.had.get(pk, 0) for pk in people]
        return max(counts) - min(counts) if counts else None


def figures_of(outcomes: list[Outcome], ends: float) -> Figures:
    waits = [(each, wait_of(each, ends)) for each in outcomes]
    answers = [
        each.answered_at - each.arrival.at
        for each in outcomes
        if each.answered_at is not None and each.answered_at <= ends
    ]
    return Figures(
        count=len(outcomes),
        waits=Times.of([wait for each, wait in waits if each.person is None or wait > AT_ONCE]),
        answers=Times.of(answers),
        still_waiting=sum(each.waits for each in outcomes),
        closed_waiting=sum(each.person is None and not each.waits for each in outcomes),
        not_there=sum(each.person is not None and not each.was_there for each in outcomes),
        passed_on=sum(each.passes for each in outcomes),
        had=Counter(each.person for each in outcomes if each.person is not None),
    )


def wait_of(outcome, ends):
    """Until the first of these: somebody had it, it was closed, the time that is known is over."""
    moments = (outcome.given_at, outcome.arrival.closed_at, ends)
    return next(each for each in moments if each is not None) - outcome.arrival.at


def really(history: History) -> list[Outcome]:
    """What did become of the arrivals. Who was there is what was written down, whatever hours are
    set today. Before any of it nobody knows: none of that counts as given to somebody who was
    not there."""
    people = {each.id: each for each in history.people}
    known_from = min((each.was[0][0] for each in history.people if each.was), default=inf)
    arrivals = sorted(history.arrivals, key=lambda each: each.at)
    return [outcome_of(each, people, known_from) for each in arrivals]


def outcome_of(arrival, people, known_from):
    first, at = people.get(arrival.first), arrival.had_at
    is_unknown = first is None or at is None or at < known_from
    return Outcome(
        arrival,
        person=arrival.had,
        given_at=at,
        was_there=is_unknown or code_at(first.was, at) == AVAILABLE,
        answered_at=arrival.answered_at,
    )


def differences(outcomes, others) -> list[tuple[Outcome, Outcome]]:
    """Of two lists about the same arrivals: what went to somebody else, (one, the other)."""
    pairs = zip(outcomes, others, strict=True)
    return [(one, other) for one, other in pairs if one.person != other.person]
