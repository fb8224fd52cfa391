"""Whether an inbox's button shows now, which the loader asks with every page of a website."""

import time

from widget.inbox_availability import InboxAvailability

FRESH_SECONDS = 10.0
MAX_REMEMBERED = 10_000

known = {}  # (inbox's id, what it depends on): (when it was checked, whether it shows)


def shows_now(inbox) -> bool:
    """Return whether the button shows now. The answer is at most ten seconds old."""
    if inbox.shown_when == inbox.ShownWhen.ALWAYS:
        return True
    key, now = (inbox.pk, inbox.shown_when), time.monotonic()
    found_at, result = known.get(key, (-FRESH_SECONDS, None))
    if now - found_at >= FRESH_SECONDS:
        result = find_out(inbox)
        if len(known) >= MAX_REMEMBERED:
            known.clear()
        known[key] = now, result
    return result


def find_out(inbox) -> bool:
    availability = InboxAvailability(inbox)
    if availability.closed:
        return False
    if inbox.shown_when == inbox.ShownWhen.OPEN:
        return True
    # While presence is unknown, someone may be online.
    return any(availability.find_agents(status, None) for status in ("available", "unknown"))
