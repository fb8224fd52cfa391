"""Who has a page open now: browser tabs in Redis, each with the moment it runs out.

One sorted set a workspace: member "<membership>:<tab>:<session>", score the expiry in milliseconds
of Redis' own clock (application servers may disagree about the time). A heartbeat comes every 30 s.
After 90 s of silence every screen says that the person is offline: a tab runs out after 75 s, since
background tabs beat only once a minute, and the sweep that publishes it follows within 10 s. The
session is there
because its end ends its tabs: nothing they send is let in any more, their goodbye neither. Nothing
here is truth that must survive: an emptied Redis is rebuilt by the next heartbeats. Until they had
the time for it, whoever is not in the set but was told to be there may still be (Online.unsure).
"""

import re
import uuid
from functools import lru_cache

from messagehub.lib import redis
from messagehub.lib.prepared_query import PreparedQuery
from teams import presence_scripts as scripts
from teams.models import Membership

ALIVE_MS = 75_000
SETTLED_MS = 90_000  # by then every tab that is open has beaten
CLOSING_MS = 6_000  # a navigation leaves the page too; its next page beats within this time
TAB = re.compile(r"[A-Za-z0-9-]{8,36}")
WORKSPACES = "presence:workspaces"
SINCE = "presence:since"  # the moment from which on heartbeats were heard without a gap


class Online(set):
    """The ids of memberships with a page open. unsure: of those of whom nobody can say it yet."""

    unsure = frozenset()


def beat(membership, tab: str, session: str = "") -> bool:
    """This tab is alive. True when the person had no page open until now.

    session: names the login it is open with (teams.receivers.session_name).
    """
    keys = [key(membership.workspace_id), WORKSPACES, SINCE]
    entry = entry_of(membership, tab, session)
    arguments = [str(membership.pk), entry, ALIVE_MS, str(membership.workspace_id)]
    return bool(redis.client().eval(scripts.BEAT, 3, *keys, *arguments))


def leave(membership, tab: str, session: str = "") -> None:
    """This tab is being closed."""
    entry = entry_of(membership, tab, session)
    redis.client().eval(scripts.LEAVE, 1, key(membership.workspace_id), entry, CLOSING_MS)


def sign_out(membership, session: str) -> bool:
    """All tabs of this session are gone, now. True when the person has no other page open."""
    arguments = [str(membership.pk), f":{session}"]
    return bool(redis.client().eval(scripts.SIGN_OUT, 1, key(membership.workspace_id), *arguments))


def forget(membership, tab: str) -> None:
    """This tab, which was open without a session, is gone, now."""
    redis.client().zrem(key(membership.workspace_id), entry_of(membership, tab))


def entry_of(membership, tab, session=""):
    return ":".join(filter(None, [str(membership.pk), tab, session]))


def online(workspace_id) -> Online | None:
    """The memberships with a page open, or None: Redis is away and nobody can know."""
    try:
        is_early, tabs = ask_online(redis.client(), workspace_id)
    except redis.UNAVAILABLE:
        return None
    online = Online(membership_of(tab[:36]) for tab in tabs)
    if is_early:
        online.unsure = told_to_be_there(workspace_id) - online
    return online


def ask_online(client, workspace_id):
    return client.eval(scripts.ONLINE, 2, key(workspace_id), SINCE, SETTLED_MS)


TOLD = PreparedQuery(
    lambda workspace: (
        Membership.objects.filter(workspace=workspace, removed_at=None)
        .exclude(announced_status="offline")
        .values_list("pk", flat=True)
    ),
    workspace=uuid.UUID,
)


def told_to_be_there(workspace_id) -> set[uuid.UUID]:
    """Whoever was said to be something else than offline: what was told outlives Redis. Asked with
    every message until all tabs had the time to beat again."""
    return set(TOLD.all(workspace=workspace_id))


@lru_cache(maxsize=65536)
def membership_of(name: bytes) -> uuid.UUID:
    """Asked for everybody who is there with every decision."""
    return uuid.UUID(name.decode())


def everybody_online() -> set[uuid.UUID]:
    """Whoever has a page open, in any workspace; nobody when Redis is away."""
    try:
        answers = ask_all(ask_online)
    except redis.UNAVAILABLE:
        return set()
    return {membership_of(tab[:36]) for _is_early, tabs in answers for tab in tabs}


def sweep() -> list[uuid.UUID]:
    """Forget tabs that fell silent. Returns the memberships that have no page open any more."""

    def ask(pipeline, workspace):
        pipeline.eval(scripts.SWEEP, 3, key(workspace), WORKSPACES, SINCE, workspace)

    return [membership_of(each) for gone in ask_all(ask) for each in gone]


def ask_all(ask):
    """The answers about all workspaces where somebody is or was, in one round trip."""
    workspaces = redis.client().smembers(WORKSPACES)
    pipeline = redis.client().pipeline(transaction=False)
    for workspace in workspaces:
        ask(pipeline, workspace.decode())
    return pipeline.execute()


def key(workspace_id) -> str:
    return f"presence:{workspace_id}"


def is_tab(value: str) -> bool:
    return bool(TAB.fullmatch(value))
