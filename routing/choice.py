"""Pure choices over candidates: no database, no clock."""

from typing import NamedTuple
from uuid import UUID

AVAILABLE = "available"
AT_CAPACITY = "at_capacity"
NOT_REACHED = "not_reached"  # there, and later in turn than all who were looked at
# Not there, but it could be theirs: what was written meanwhile is an email lead.
ABSENT = frozenset({"away", "offline", "outside_office_hours", "day_off", "inbox_closed"})


class Candidate(NamedTuple):
    """Somebody who might get a chat. code: "available", or the reason why not.

    load: their open conversations over the whole workspace, as far as it was asked for; limit:
    the most they take (None: any number); turn: when they were last given one (None: never);
    wants_mail: about chats of theirs, while they are not there.
    """

    membership_id: UUID
    name: str
    code: str
    turn: int | None = None
    load: int = 0
    limit: int | None = None
    wants_mail: bool = True

    @property
    def is_available(self) -> bool:
        return self.code == AVAILABLE

    @property
    def has_room(self) -> bool:
        return self.limit is None or self.load < self.limit


def choose(candidates, *, fewest_open_first=False) -> Candidate | None:
    """Strict turn: the available one who was given a chat least recently.

    A newcomer comes first, gets one, and is then in the same row as everybody (no flood).
    fewest_open_first: whoever has the fewest open conversations; the turn breaks ties.
    """
    available = [each for each in candidates if each.is_available]
    return min(available, key=place(fewest_open_first), default=None)


def choose_lead(candidates, *, fewest_open_first=False) -> Candidate | None:
    """Nobody is there: the next in turn who could have it, and wants to be told by email.

    None as long as somebody is there and only full, or while nobody can say who is there: it
    waits in the queue, and goes to a person who is really there.
    """
    codes = {each.code for each in candidates}
    if codes & {AVAILABLE, AT_CAPACITY, "unknown"}:
        return None
    absent = [each for each in candidates if each.code in ABSENT and each.has_room]
    absent = [each for each in absent if each.wants_mail]
    return min(absent, key=place(fewest_open_first), default=None)


def in_order(candidates, *, fewest_open_first=False) -> list[Candidate]:
    """As they would be asked: the available first."""
    key = place(fewest_open_first)
    return sorted(candidates, key=lambda each: (not each.is_available, key(each)))


def place(fewest_open_first):
    return by_load if fewest_open_first else by_turn


def by_turn(candidate):
    return (-1 if candidate.turn is None else candidate.turn, candidate.membership_id)


def by_load(candidate):
    return (candidate.load, *by_turn(candidate))
