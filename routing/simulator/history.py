"""What happened, the rules to try, and what came out: plain values."""

from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter
from uuid import UUID

AVAILABLE, AWAY, OFFLINE = "available", "away", "offline"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the workspace and their past.

    states: (moment, status) in order, statuses as in teams.availability without at_capacity,
    because open conversations are counted in the replay; before the first they are offline.
    recorded_states: the same as it was recorded, without today's office hours, which say nothing
    about the past. capacity: None means no limit. can_answer: may open the inbox. answers_within:
    the seconds they usually need for the first answer (None: unknown).
    """

    id: UUID
    name: str
    states: tuple[tuple[float, str], ...] = ()
    capacity: int | None = None
    can_answer: bool = True
    wants_email: bool = True
    reassigns_replies: bool = False
    answers_within: float | None = None
    recorded_states: tuple[tuple[float, str], ...] = ()

    def state_at(self, moment: float) -> str:
        return state_at(self.states, moment)

    def available_from(self, moment: float) -> float | None:
        """Return the first moment, from this one on, at which they are available."""
        if self.state_at(moment) == AVAILABLE:
            return moment
        later = self.states[bisect_right(self.states, moment, key=itemgetter(0)) :]
        return next((begin for begin, state in later if state == AVAILABLE), None)


def state_at(states, moment: float) -> str:
    position = bisect_right(states, moment, key=itemgetter(0))
    return states[position - 1][1] if position else OFFLINE


@dataclass(frozen=True, slots=True)
class Arrival:
    """A conversation starts to need an agent: a new one, or one that its contact reopened.

    number: of the conversation. previous_assignee: who had it when it was reopened. assignee: who
    really answered it, else had it last; assigned_at: when they got it (None: they answered it
    while it was in the queue). first_assigned_at: when someone first had it; first_assignee: who,
    if routing chose them. answered_at: the first answer; ends_at: when it was resolved or snoozed
    (None: not until the end). replies: when the contact wrote more.
    """

    number: int
    at: float
    owner: UUID | None = None
    reopened: bool = False
    previous_assignee: UUID | None = None
    assignee: UUID | None = None
    assigned_at: float | None = None
    first_assigned_at: float | None = None
    first_assignee: UUID | None = None
    answered_at: float | None = None
    ends_at: float | None = None
    replies: tuple[float, ...] = ()

    @property
    def closed_in_queue_at(self) -> float | None:
        """When it was closed without ever being assigned; None if it was assigned, or waits."""
        return self.ends_at if self.first_assigned_at is None else None

    def ends_when(self, assigned_at: float) -> float | None:
        """Return when it ends if it is assigned at that moment; None if that isn't known.

        What was closed without an assignee is closed when it really was.
        """
        if self.ends_at is None or self.first_assigned_at is None:
            return self.ends_at
        return assigned_at + max(0, self.ends_at - self.first_assigned_at)


@dataclass(frozen=True, slots=True)
class History:
    """open_changes: (moment, member, +1 or -1) for what they had besides the arrivals. hours:
    (moment, is the inbox open) in order; before the first it is open. ends_at: the end of what is
    known.
    """

    members: tuple[Member, ...]
    arrivals: tuple[Arrival, ...]
    ends_at: float
    open_changes: tuple[tuple[float, UUID, int], ...] = ()
    hours: tuple[tuple[float, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of an inbox (routing.policy.Settings), and the members whom routing asks.

    capacity: for everyone instead of their own.
    """

    pool: tuple[UUID, ...]
    fewest_open_first: bool = False
    to_owner: bool = False
    owner_minutes: int | None = None
    leads: str = "assign"
    answer_minutes: int | None = None
    keep_reopened: bool = False
    capacity: int | None = None


@dataclass(slots=True)
class Outcome:
    """The outcome of an arrival.

    assignee: who had it in the end; assigned_at: when someone first had it; was_available: whether
    they could take it then; timeouts: how often it moved on because no one answered in time.
    """

    arrival: Arrival
    assignee: UUID | None = None
    assigned_at: float | None = None
    was_available: bool = True
    answered_at: float | None = None
    timeouts: int = 0

    @property
    def is_waiting(self) -> bool:
        return self.assignee is None and self.arrival.closed_in_queue_at is None
