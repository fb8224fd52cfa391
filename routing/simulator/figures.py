"""What came out, in figures: the same for what really happened and for a replay."""

from collections import Counter
from dataclasses import dataclass
from math import inf
from statistics import median, quantiles
from uuid import UUID

from routing.simulator.history import AVAILABLE, History, Outcome, state_at

AT_ONCE = 5  # seconds in which a conversation is assigned if someone can take it


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds; None if there are none."""

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
    """waits: how long those that weren't assigned at once waited: until they were, until they were
    closed in the queue, or until the end. answers: from the contact's message to the first answer.
    assigned: how many each member had in the end.
    """

    count: int
    waits: Times
    answers: Times
    still_waiting: int
    closed_waiting: int
    unavailable: int
    timeouts: int
    assigned: dict[UUID, int]

    @property
    def at_once(self):
        return self.count - self.waits.count

    def spread(self, members):
        """Return the difference between who had most and who had fewest; None without members."""
        counts = [self.assigned.get(pk, 0) for pk in members]
        return max(counts) - min(counts) if counts else None


def figures_of(outcomes: list[Outcome], ends_at: float) -> Figures:
    waits = [(each, wait_of(each, ends_at)) for each in outcomes]
    answers = [
        each.answered_at - each.arrival.at
        for each in outcomes
        if each.answered_at is not None and each.answered_at <= ends_at
    ]
    assigned = [each for each in outcomes if each.assignee is not None]
    unassigned = [each for each in outcomes if each.assignee is None]
    return Figures(
        count=len(outcomes),
        waits=Times.of([wait for each, wait in waits if each.assignee is None or wait > AT_ONCE]),
        answers=Times.of(answers),
        still_waiting=sum(each.is_waiting for each in outcomes),
        closed_waiting=sum(not each.is_waiting for each in unassigned),
        unavailable=sum(not each.was_available for each in assigned),
        timeouts=sum(each.timeouts for each in outcomes),
        assigned=Counter(each.assignee for each in assigned),
    )


def wait_of(outcome, ends_at):
    """Return the seconds until it was assigned, closed in the queue, or the end."""
    moments = (outcome.assigned_at, outcome.arrival.closed_in_queue_at, ends_at)
    return next(each for each in moments if each is not None) - outcome.arrival.at


def actual_outcomes(history: History) -> list[Outcome]:
    """Return the actual outcomes of the arrivals.

    Availability is what was recorded then; today's hours don't count. Before anything was
    recorded it isn't known, and none of that counts as assigned to someone unavailable.
    """
    members = {each.id: each for each in history.members}
    recorded = (each.recorded_states for each in history.members if each.recorded_states)
    known_from = min((states[0][0] for states in recorded), default=inf)
    arrivals = sorted(history.arrivals, key=lambda each: each.at)
    return [actual_outcome(each, members, known_from) for each in arrivals]


def actual_outcome(arrival, members, known_from):
    first, at = members.get(arrival.first_assignee), arrival.first_assigned_at
    is_unknown = first is None or at is None or at < known_from
    return Outcome(
        arrival,
        assignee=arrival.assignee,
        assigned_at=at,
        was_available=is_unknown or state_at(first.recorded_states, at) == AVAILABLE,
        answered_at=arrival.answered_at,
    )


def differences(outcomes, others) -> list[tuple[Outcome, Outcome]]:
    """Return the pairs of outcomes of the same arrivals that have different assignees."""
    pairs = zip(outcomes, others, strict=True)
    return [(one, other) for one, other in pairs if one.assignee != other.assignee]
