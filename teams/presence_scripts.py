"""Lua scripts that Redis runs atomically for teams.presence.

An entry of a workspace's sorted set begins with its membership id, 36 characters. Its score is its
expiry, by Redis' own clock, in milliseconds.
"""

# Sweeps query every 10 s. After such a gap without one, heartbeats were lost too.
GAP_MS = 30_000

_NOW = f"""
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local function heard_since(key)
  redis.call('SET', key, now, 'NX')
  redis.call('PEXPIRE', key, {GAP_MS})
  return tonumber(redis.call('GET', key))
end
local function tabs(key)
  return redis.call('ZRANGEBYSCORE', key, now, '+inf')
end
local function online_members(key)
  local online = {{}}
  for _, tab in ipairs(tabs(key)) do online[string.sub(tab, 1, 36)] = true end
  return online
end
"""

# Keys: the workspace's set, all workspaces, heard since. Arguments: membership, entry, lifetime,
# workspace. Returns 1 if the member had no tab until now. If this tab is still alive they had one,
# so the other tabs don't have to be read with every heartbeat.
HEARTBEAT = f"""{_NOW}
heard_since(KEYS[3])
local expiry = redis.call('ZSCORE', KEYS[1], ARGV[2])
local was_online = expiry and tonumber(expiry) >= now or online_members(KEYS[1])[ARGV[1]]
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
redis.call('SADD', KEYS[2], ARGV[4])
return was_online and 0 or 1
"""

# Key: the workspace's set. Arguments: entry, remaining lifetime.
CLOSE_TAB = f"""{_NOW}
return redis.call('ZADD', KEYS[1], 'XX', 'LT', now + ARGV[2], ARGV[1])
"""

# Key: the workspace's set. Arguments: membership, suffix of the entries to remove. Returns 1 if the
# member has no tab any more.
END_SESSION = f"""{_NOW}
local ended = false
for _, tab in ipairs(tabs(KEYS[1])) do
  if string.sub(tab, 1, 36) == ARGV[1] and string.sub(tab, -#ARGV[2]) == ARGV[2] then
    redis.call('ZREM', KEYS[1], tab)
    ended = true
  end
end
return ended and not online_members(KEYS[1])[ARGV[1]] and 1 or 0
"""

# Keys: the workspace's set, heard since. Argument: how long it takes until all tabs have sent a
# heartbeat. Returns {1 if that time isn't over yet, the memberships as one text}: routing asks with
# every decision, and until the next heartbeat the text stays the same.
ONLINE = f"""{_NOW}
local is_early = now - heard_since(KEYS[2]) < tonumber(ARGV[1])
local ids, seen = {{}}, {{}}
for _, tab in ipairs(tabs(KEYS[1])) do
  local id = string.sub(tab, 1, 36)
  if not seen[id] then ids[#ids + 1] = id end
  seen[id] = true
end
return {{is_early and 1 or 0, table.concat(ids, ',')}}
"""

# Keys: the workspace's set, all workspaces, heard since. Argument: workspace. Returns the
# memberships whose last tab expired. A workspace without tabs isn't queried again until its next
# heartbeat.
EXPIRE_TABS = f"""{_NOW}
heard_since(KEYS[3])
local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. now)
if #expired > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. now) end
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[1]) end
if #expired == 0 then return {{}} end
local online, gone = online_members(KEYS[1]), {{}}
for _, tab in ipairs(expired) do
  local membership = string.sub(tab, 1, 36)
  if not online[membership] then
    gone[#gone + 1] = membership
    online[membership] = true
  end
end
return gone
"""
