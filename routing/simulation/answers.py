"""When a replay takes a conversation for answered."""


def answer_of(arrival, person, at: float) -> float | None:
    """The moment of the first answer, when this person was given it at `at`; None: never.

    Whoever really had it needs as long as they really did. Somebody else needs what they usually
    need, from the moment they are there. What was closed without an answer needed none.
    """
    if arrival.had == person.id and arrival.had_at is not None:
        if arrival.answered_at is None:
            return None
        return at + max(0, arrival.answered_at - arrival.had_at)
    if arrival.answered_at is None and arrival.ends is not None:
        return None
    there = person.there_from(at)
    return None if there is None else there + (person.answers_in or 0)
