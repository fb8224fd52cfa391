"""Who has a page open now: browser tabs in Redis, each with the moment it runs out.

One sorted set a workspace: member "<membership>:<tab>:<session>", score the expiry in milliseconds
of Redis' own clock (application servers may disagree about the time). A heartbeat comes every 30 s;
90 s of silence are needed because background tabs beat only once a minute. The session is there
because its end ends its tabs: nothing they send is let in any more, their goodbye neither. Nothing
here is truth that must survive: an emptied Redis is rebuilt by the next heartbeats. Until they had
the time for it, whoever is not in the set but was told to be there may still be (Online.unsure).
"""

import re
import uuid
from functools import lru_cache

from messagehub.lib import redis
from teams.models import Membership

ALIVE_MS = 90_000
SETTLED_MS = 90_000  # by then every tab that is open has beaten
GAP_MS = 30_000  # sweeps ask every 10 s: when nobody could for so long, beats were lost too
LEAVING_MS = 6_000  # a navigation leaves the page too; its next page beats within this time
TAB = re.compile(r"[A-Za-z0-9-]{8,36}")
WORKSPACES = "presence:workspaces"
SINCE = "presence:since"  # the moment from which on heartbeats were heard without a gap

_NOW = f"""
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local function heard_since(key)
  redis.call('SET', key, now, 'NX')
  redis.call('PEXPIRE', key, {GAP_MS})
  return tonumber(redis.call('GET', key))
end
local function alive(key, membership)
  for _, tab in ipairs(redis.call('ZRANGEBYSCORE', key, now, '+inf')) do
    if string.sub(tab, 1, 36) == membership then return true end
  end
  return false
end
"""
BEAT = (
    _NOW
    + """
heard_since(KEYS[3])
local was = alive(KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
redis.call('SADD', KEYS[2], ARGV[4])
return was and 0 or 1
"""
)
LEAVE = _NOW + "return redis.call('ZADD', KEYS[1], 'XX', 'LT', now + ARGV[2], ARGV[1])"
# The tabs of a session that ended; 1 when that leaves the person without a page.
SIGN_OUT = (
    _NOW
    + """
local ended, left = false, false
for _, tab in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')) do
  if string.sub(tab, 1, 36) == ARGV[1] then
    if string.sub(tab, -#ARGV[2]) == ARGV[2] then
      redis.call('ZREM', KEYS[1], tab)
      ended = true
    else
      left = true
    end
  end
end
return (ended and not left) and 1 or 0
"""
)
# {1 while there was no time for all tabs to beat, the tabs}
ONLINE = (
    _NOW
    + """
local is_early = now - heard_since(KEYS[2]) < tonumber(ARGV[1])
return {is_early and 1 or 0, redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')}
"""
)
SWEEP = (
    _NOW
    + """
heard_since(KEYS[2])
local gone, seen = {}, {}
for _, tab in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. now)) do
  redis.call('ZREM', KEYS[1], tab)
  local membership = string.sub(tab, 1, 36)
  if not seen[membership] and not alive(KEYS[1], membership) then gone[#gone + 1] = membership end
  seen[membership] = true
end
return gone
"""
)


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
    return bool(redis.client().eval(BEAT, 3, *keys, *arguments))


def leave(membership, tab: str, session: str = "") -> None:
    """This tab is being closed."""
    entry = entry_of(membership, tab, session)
    redis.client().eval(LEAVE, 1, key(membership.workspace_id), entry, LEAVING_MS)


def sign_out(membership, session: str) -> bool:
    """All tabs of this session are gone, now. True when the person has no other page open."""
    arguments = [str(membership.pk), f":{session}"]
    return bool(redis.client().eval(SIGN_OUT, 1, key(membership.workspace_id), *arguments))


def forget(membership, tab: str, session: str = "") -> None:
    """This tab is gone, now."""
    redis.client().zrem(key(membership.workspace_id), entry_of(membership, tab, session))


def entry_of(membership, tab, session):
    return ":".join(filter(None, [str(membership.pk), tab, session]))


def online(workspace_id) -> Online | None:
    """The memberships with a page open, or None: Redis is away and nobody can know."""
    try:
        is_early, tabs = redis.client().eval(ONLINE, 2, key(workspace_id), SINCE, SETTLED_MS)
    except redis.AWAY:
        return None
    online = Online(membership_of(tab[:36]) for tab in tabs)
    if is_early:
        online.unsure = told_to_be_there(workspace_id) - online
    return online


def told_to_be_there(workspace_id) -> set[uuid.UUID]:
    """Whoever was said to be something else than offline: what was told outlives Redis."""
    told = Membership.objects.filter(workspace=workspace_id, removed_at=None)
    return set(told.exclude(told_code="offline").values_list("pk", flat=True))


@lru_cache(maxsize=65536)
def membership_of(name: bytes) -> uuid.UUID:
    """Asked for everybody who is there with every decision."""
    return uuid.UUID(name.decode())


def everybody_online() -> set[uuid.UUID]:
    """Whoever has a page open, in any workspace; nobody when Redis is away."""
    try:
        workspaces = redis.client().smembers(WORKSPACES)
    except redis.AWAY:
        return set()
    return set().union(*(online(each.decode()) or () for each in workspaces))


def sweep() -> list[uuid.UUID]:
    """Forget tabs that fell silent. Returns the memberships that have no page open any more."""
    gone = []
    for workspace in redis.client().smembers(WORKSPACES):
        gone += redis.client().eval(SWEEP, 2, key(workspace.decode()), SINCE)
    return [uuid.UUID(membership.decode()) for membership in gone]


def key(workspace_id) -> str:
    return f"presence:{workspace_id}"


def is_tab(value: str) -> bool:
    return bool(TAB.fullmatch(value))
