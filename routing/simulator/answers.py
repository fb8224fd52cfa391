"""When a replay takes a conversation for answered, and how long somebody needed for an answer."""


def answer_of(arrival, person, at: float) -> float | None:
    """The moment of the first answer, when this person was given it at `at`; None: never.

    Whoever really answered it needs as long as they really did. Somebody else needs what they
    usually need. Both from the moment they are there. What was closed without an answer needed
    none.
    """
    is_theirs = arrival.had == person.id
    if arrival.answered_at is None and (is_theirs or arrival.ends is not None):
        return None
    if is_theirs and arrival.got_at is not None:
        needs, was_there = time_needed(arrival, person)
    else:
        needs, was_there = person.answers_in or 0, True
    begin = person.there_from(at) if was_there else at
    return None if begin is None else begin + needs


def time_needed(arrival, person) -> tuple[float, bool]:
    """(seconds from when this person, who answered it, had it and was there; were they there?).

    Somebody may answer without being there, as far as is known: then from when they had it.
    """
    came = person.there_from(arrival.got_at)
    was_there = came is not None and came <= arrival.answered_at
    return arrival.answered_at - (came if was_there else arrival.got_at), was_there
