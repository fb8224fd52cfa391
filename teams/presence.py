"""Which members have a page open: browser tabs in Redis, each with the time it expires.

Each workspace has a sorted set with entries "<membership>:<tab>:<session>". The score is the expiry
in milliseconds of Redis' own clock, because application servers may disagree about the time.
Heartbeats come every 30 seconds. After 90 seconds of silence every screen shows the member as
offline: a tab expires after 75 seconds, since background tabs send a heartbeat only once a minute,
and the sweep that publishes it follows within 10 seconds. An entry names the session because its
end also ends its tabs: they can no longer send anything, not even that they are closed.

Nothing here has to survive. The next heartbeats refill a cleared Redis. Until they had time to, a
member who isn't in the set but was announced as online may still be (OnlineMembers.unknown).
"""

import re
import uuid
from functools import lru_cache

from messagehub.lib import redis
from messagehub.lib.prepared_query import PreparedQuery
from teams import presence_scripts as scripts
from teams.models import Membership

ALIVE_MS = 75_000
SETTLED_MS = 90_000  # by then every open tab has sent a heartbeat
CLOSING_MS = 6_000  # a navigation closes the page too; the next page sends a heartbeat in time
TAB = re.compile(r"[A-Za-z0-9-]{8,36}")
WORKSPACES = "presence:workspaces"
HEARD_SINCE = "presence:since"  # the time since which heartbeats have arrived without a gap


class OnlineMembers(set):
    """The ids of memberships with a page open. unknown: those that may have one.

    as_array: the same ids as a PostgreSQL array.
    """

    unknown = frozenset()
    as_array = "{}"


def record_heartbeat(membership, tab: str, session: str = "") -> bool:
    """Keep this tab alive. Return True if the member had no page open until now.

    session: the name of its login (teams.sessions.session_name).
    """
    keys = [redis_key(membership.workspace_id), WORKSPACES, HEARD_SINCE]
    entry = entry_of(membership, tab, session)
    arguments = [str(membership.pk), entry, ALIVE_MS, str(membership.workspace_id)]
    return bool(redis.client().eval(scripts.HEARTBEAT, 3, *keys, *arguments))


def close_tab(membership, tab: str, session: str = "") -> None:
    """Let this tab expire soon, unless the page it navigates to sends a heartbeat."""
    entry = entry_of(membership, tab, session)
    redis.client().eval(scripts.CLOSE_TAB, 1, redis_key(membership.workspace_id), entry, CLOSING_MS)


def end_session(membership, session: str) -> bool:
    """Remove all tabs of this session. Return True if the member has no other page open."""
    key, arguments = redis_key(membership.workspace_id), [str(membership.pk), f":{session}"]
    return bool(redis.client().eval(scripts.END_SESSION, 1, key, *arguments))


def remove_tab(membership, tab: str) -> None:
    """Remove a tab that was opened without a session."""
    redis.client().zrem(redis_key(membership.workspace_id), entry_of(membership, tab))


def entry_of(membership, tab, session=""):
    return ":".join(filter(None, [str(membership.pk), tab, session]))


def find_online(workspace_id) -> OnlineMembers | None:
    """Return the memberships with a page open, or None if Redis is unavailable."""
    try:
        is_early, ids = query_online(redis.client(), workspace_id)
    except redis.UNAVAILABLE:
        return None
    online = OnlineMembers(membership_ids_of(ids))
    online.as_array = f"{{{ids.decode()}}}"
    if is_early:
        online.unknown = find_announced(workspace_id) - online
    return online


def query_online(client, workspace_id):
    return client.eval(scripts.ONLINE, 2, redis_key(workspace_id), HEARD_SINCE, SETTLED_MS)


ANNOUNCED = PreparedQuery(
    lambda workspace: (
        Membership.objects.filter(workspace=workspace, removed_at=None)
        .exclude(announced_status="offline")
        .values_list("pk", flat=True)
    ),
    workspace=uuid.UUID,
)


def find_announced(workspace_id) -> set[uuid.UUID]:
    """Return the members last announced as anything but offline, which outlives Redis.

    Queried with every message until all tabs had time to send a heartbeat again.
    """
    return set(ANNOUNCED.all(workspace=workspace_id))


@lru_cache(maxsize=256)
def membership_ids_of(names: bytes) -> frozenset[uuid.UUID]:
    """Parse ids. Cached because every decision needs the workspace's, which rarely change."""
    return frozenset(membership_id_of(name) for name in names.split(b",") if name)


@lru_cache(maxsize=65536)
def membership_id_of(name: bytes) -> uuid.UUID:
    """Parse an id. Cached because a change of one member brings those of all again."""
    return uuid.UUID(name.decode())


def find_all_online() -> set[uuid.UUID]:
    """Return the memberships with a page open in any workspace; none if Redis is unavailable."""
    try:
        answers = query_all(query_online)
    except redis.UNAVAILABLE:
        return set()
    return set().union(*(membership_ids_of(ids) for _is_early, ids in answers))


def expire_tabs() -> list[uuid.UUID]:
    """Remove expired tabs. Return the memberships that have no page open any more."""

    def query(pipeline, workspace):
        keys = [redis_key(workspace), WORKSPACES, HEARD_SINCE]
        pipeline.eval(scripts.EXPIRE_TABS, 3, *keys, workspace)

    return [membership_id_of(each) for gone in query_all(query) for each in gone]


def query_all(query):
    """Return the answers for all workspaces where someone is or was online, in one round trip."""
    workspaces = redis.client().smembers(WORKSPACES)
    pipeline = redis.client().pipeline(transaction=False)
    for workspace in workspaces:
        query(pipeline, workspace.decode())
    return pipeline.execute()


def redis_key(workspace_id) -> str:
    return f"presence:{workspace_id}"


def is_tab(value: str) -> bool:
    return bool(TAB.fullmatch(value))
