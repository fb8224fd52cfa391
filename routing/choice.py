"""Pure choices over candidates: no database, no clock."""

from dataclasses import dataclass
from uuid import UUID

AVAILABLE = "available"


@dataclass(frozen=True)
class Candidate:
    """Somebody who might get a chat. code: "available", or the reason why not."""

    membership_id: UUID
    name: str
    code: str
    turn: int | None = None  # None: was never given a chat of this inbox

    @property
    def is_available(self) -> bool:
        return self.code == AVAILABLE


def next_in_turn(candidates: list[Candidate]) -> Candidate | None:
    """Strict turn: the available one who was given a chat least recently.

    A newcomer comes first, gets one, and is then in the same row as everybody (no flood).
    """
    available = [candidate for candidate in candidates if candidate.is_available]
    return min(available, key=place_in_turn, default=None)


def place_in_turn(candidate: Candidate):
    return (-1 if candidate.turn is None else candidate.turn, candidate.membership_id)


def in_turn(candidates: list[Candidate]) -> list[Candidate]:
    """As they would be asked: the available first, in turn."""
    return sorted(candidates, key=lambda each: (not each.is_available, place_in_turn(each)))
