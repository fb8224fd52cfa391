"""Office and opening hours within the replayed time, merged with the members' states."""

from routing.simulator.history import AVAILABLE, OFFLINE


def with_hours(membership, states, since, now):
    """Return their states, where they aren't available outside their office hours of today.

    states: [(moment, status)] as recorded (Member.recorded_states).
    """
    if not membership.has_schedule:
        return states
    changes = [(at, 1, state) for at, state in states]
    changes += [(at, 0, closed) for at, closed in closings(membership.office_hours, since, now)]
    merged, state, closed = [], OFFLINE, None
    for at, is_state, value in sorted(changes, key=lambda each: each[:2]):
        state, closed = (value, closed) if is_state else (state, value)
        merged.append((at, closed if closed and state == AVAILABLE else state))
    return merged


def closings(hours, since, now):
    """Yield (moment, the status outside hours, or None if open), from `since` to `now`."""
    closed = hours.closed(since)
    yield since.timestamp(), closed and closed.status
    for at, opens in hours.changes(since):
        if at >= now:
            return
        yield at.timestamp(), None if opens else hours.closed(at).status


def hours_of_inbox(inbox, since, now):
    """Return History.hours: nothing for an inbox that is always open."""
    hours = inbox.opening_hours
    if hours.is_always:
        return ()
    return tuple((at, code is None) for at, code in closings(hours, since, now))
