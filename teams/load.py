"""How many open conversations people have, over the whole workspace.

Conversations belong to an app above: it registers the function that counts them.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

_counters: list[Callable] = []


def register(counter: Callable[[UUID, Iterable[UUID]], dict[UUID, int]]):
    """counter(workspace id, membership ids) -> {membership id: open conversations}."""
    _counters.append(counter)
    return counter


def open_chats(workspace_id, memberships) -> dict[UUID, int]:
    """{membership's id: open conversations}; whoever has none is left out. No ids: no query."""
    memberships = list(memberships)
    counts: dict[UUID, int] = {}
    for counter in _counters if memberships else ():
        for pk, count in counter(workspace_id, memberships).items():
            counts[pk] = counts.get(pk, 0) + count
    return counts
