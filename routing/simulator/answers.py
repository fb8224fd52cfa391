"""When a replay considers a conversation answered, and how long agents need for an answer."""


def answer_at(arrival, member, assigned_at: float) -> float | None:
    """Return when this member would first answer, or None if never.

    The member who really answered it needs as long as they really did. All others need what they
    usually need. Both count from when they are available. What was closed without an answer needed
    none.
    """
    is_theirs = arrival.assignee == member.id
    if arrival.answered_at is None and (is_theirs or arrival.ends_at is not None):
        return None
    if is_theirs and arrival.assigned_at is not None:
        needed, was_available = time_needed(arrival, member)
    else:
        needed, was_available = member.answers_within or 0, True
    begin = member.available_from(assigned_at) if was_available else assigned_at
    return None if begin is None else begin + needed


def time_needed(arrival, member) -> tuple[float, bool]:
    """Return (the seconds that the member who answered it needed, whether they were available).

    The seconds count from when they had it and were available. A member can answer without ever
    being available, as far as is known; then they count from when they had it.
    """
    came_at = member.available_from(arrival.assigned_at)
    was_available = came_at is not None and came_at <= arrival.answered_at
    return arrival.answered_at - (came_at if was_available else arrival.assigned_at), was_available
