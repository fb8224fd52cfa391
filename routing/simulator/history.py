"""What happened, the rules to try, and what came out: plain values."""

from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter
from uuid import UUID

AVAILABLE, AWAY, OFFLINE = "available", "away", "offline"


@dataclass(frozen=True, slots=True)
class Person:
    """states: (moment, code) in order, codes as in teams.availability without at_capacity: how
    many they have is counted in the replay. Before the first they are offline. was: the same as
    it was written down, without the office hours of today, which say nothing about the past.

    limit: the most open conversations (None: any number). can_answer: may open the inbox.
    wants_mail: about chats of theirs while they are not there. reassigns: «Reassign replies» is
    on. answers_in: the seconds they usually need for the first answer (None: nobody knows).
    """

    id: UUID
    name: str
    states: tuple[tuple[float, str], ...] = ()
    limit: int | None = None
    can_answer: bool = True
    wants_mail: bool = True
    reassigns: bool = False
    answers_in: float | None = None
    was: tuple[tuple[float, str], ...] = ()

    def code_at(self, moment: float) -> str:
        return code_at(self.states, moment)

    def there_from(self, moment: float) -> float | None:
        """The first moment, from this one on, at which they are there; None: never again."""
        if self.code_at(moment) == AVAILABLE:
            return moment
        place = bisect_right(self.states, moment, key=itemgetter(0))
        later = self.states[place:]
        return next((begin for begin, code in later if code == AVAILABLE), None)


def code_at(states, moment: float) -> str:
    place = bisect_right(states, moment, key=itemgetter(0))
    return states[place - 1][1] if place else OFFLINE


@dataclass(frozen=True, slots=True)
class Arrival:
    """A contact wants somebody: a new conversation, or one that they reopened.

    before: who had it when it was reopened. had: who really answered it, else had it last;
    got_at: since when they had it (None: they answered what nobody had). had_at: when somebody
    first had it; first: who that was, if routing chose them. answered_at, ends: the first answer,
    and resolved or snoozed; None: not until the end. replies: when the contact wrote further.
    """

    number: int
    at: float
    owner: UUID | None = None
    reopened: bool = False
    before: UUID | None = None
    had: UUID | None = None
    got_at: float | None = None
    had_at: float | None = None
    first: UUID | None = None
    answered_at: float | None = None
    ends: float | None = None
    replies: tuple[float, ...] = ()

    @property
    def closed_at(self) -> float | None:
        """When it was closed straight from the queue; None: somebody had it, or it still waits."""
        return self.ends if self.had_at is None else None

    def ends_when(self, given_at: float) -> float | None:
        """Its end, when somebody is given it at that moment; None: later than is known.

        What needed nobody to be closed is closed when it really was.
        """
        if self.ends is None or self.had_at is None:
            return self.ends
        return given_at + max(0, self.ends - self.had_at)


@dataclass(frozen=True, slots=True)
class History:
    """held: (moment, person, +1 or -1): what they had besides the arrivals. hours: (moment, is the
    inbox open) in order; before the first it is open. ends: until when all this is known.
    """

    people: tuple[Person, ...]
    arrivals: tuple[Arrival, ...]
    ends: float
    held: tuple[tuple[float, UUID, int], ...] = ()
    hours: tuple[tuple[float, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of an inbox (routing.models.Routing). pool: whom routing asks.

    capacity: everybody's limit instead of their own.
    """

    pool: tuple[UUID, ...]
    fewest_open_first: bool = False
    to_owner: bool = False
    owner_minutes: int | None = None
    leads: str = "turn"
    answer_minutes: int | None = None
    keep_reopened: bool = False
    capacity: int | None = None


@dataclass(slots=True)
class Outcome:
    """What became of an arrival. person: who had it in the end; given_at: when somebody first had
    it; was_there: that one could take it; passes: how often nobody answered in time.
    """

    arrival: Arrival
    person: UUID | None = None
    given_at: float | None = None
    was_there: bool = True
    answered_at: float | None = None
    passes: int = 0

    @property
    def waits(self) -> bool:
        """Nobody had it, and it was not closed either."""
        return self.person is None and self.arrival.closed_at is None
