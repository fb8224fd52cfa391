"""Office and opening hours within the time that is replayed, merged with what people were."""

from routing.simulator.history import AVAILABLE, OFFLINE


def with_hours(membership, states, since, now):
    """Their states, and outside their office hours, as they are set now, not there.

    states: [(moment, code)] as written down (Person.was).
    """
    if not membership.has_schedule:
        return states
    changes = [(at, 1, code) for at, code in states]
    changes += [(at, 0, code) for at, code in closings(membership.office_hours, since, now)]
    merged, was, closed = [], OFFLINE, None
    for at, is_state, code in sorted(changes, key=lambda each: each[:2]):
        was, closed = (code, closed) if is_state else (was, code)
        merged.append((at, closed if closed and was == AVAILABLE else was))
    return merged


def closings(hours, since, now):
    """(moment, the code of being closed, or None: open), from `since` to `now`."""
    closed = hours.closed(since)
    yield since.timestamp(), closed and closed.status
    for at, opens in hours.changes(since):
        if at >= now:
            return
        yield at.timestamp(), None if opens else hours.closed(at).status


def hours_of_inbox(inbox, since, now):
    """History.hours: nothing for an inbox that is always open."""
    hours = inbox.opening_hours
    if hours.is_always:
        return ()
    return tuple((at, code is None) for at, code in closings(hours, since, now))
