"""What Redis does in one step for teams.presence: Lua.

An entry of a workspace's sorted set begins with its membership, 36 characters. Its score is when
it runs out, by Redis' own clock, in milliseconds.
"""

GAP_MS = 30_000  # sweeps ask every 10 s: when nobody could for so long, beats were lost too

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
local function who_is_there(key)
  local there = {{}}
  for _, tab in ipairs(tabs(key)) do there[string.sub(tab, 1, 36)] = true end
  return there
end
"""

# workspace's set, all workspaces, since; membership, entry, for how long, workspace: 1 when the
# person had no tab until now. A tab that is alive says that they had, and nobody looks further:
# with every beat all tabs would be read otherwise.
BEAT = f"""{_NOW}
heard_since(KEYS[3])
local until_now = redis.call('ZSCORE', KEYS[1], ARGV[2])
local was_there = until_now and tonumber(until_now) >= now or who_is_there(KEYS[1])[ARGV[1]]
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
redis.call('SADD', KEYS[2], ARGV[4])
return was_there and 0 or 1
"""

# workspace's set; entry, for how long still
LEAVE = f"""{_NOW}
return redis.call('ZADD', KEYS[1], 'XX', 'LT', now + ARGV[2], ARGV[1])
"""

# workspace's set; membership, end of the entries that go: 1 when the person has no tab any more.
SIGN_OUT = f"""{_NOW}
local ended = false
for _, tab in ipairs(tabs(KEYS[1])) do
  if string.sub(tab, 1, 36) == ARGV[1] and string.sub(tab, -#ARGV[2]) == ARGV[2] then
    redis.call('ZREM', KEYS[1], tab)
    ended = true
  end
end
return ended and not who_is_there(KEYS[1])[ARGV[1]] and 1 or 0
"""

# workspace's set, since; how long all tabs need to beat: {{1 while that is not over, entries}}
ONLINE = f"""{_NOW}
local is_early = now - heard_since(KEYS[2]) < tonumber(ARGV[1])
return {{is_early and 1 or 0, tabs(KEYS[1])}}
"""

# workspace's set, all workspaces, since; workspace: the memberships whose last tab ran out. Where
# nobody is, the workspace is not asked about any more, until somebody's first beat.
SWEEP = f"""{_NOW}
heard_since(KEYS[3])
local silent = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. now)
if #silent > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. now) end
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[1]) end
if #silent == 0 then return {{}} end
local there, gone = who_is_there(KEYS[1]), {{}}
for _, tab in ipairs(silent) do
  local membership = string.sub(tab, 1, 36)
  if not there[membership] then
    gone[#gone + 1] = membership
    there[membership] = true
  end
end
return gone
"""
