-- Takes away what has expired on the pages of a shard that are due, and tells what has changed on the shard since it was asked
-- last.
--
-- KEYS  1 due    of the shard, see page.lua, as is the next; the names of its pages' keys are built from them and share
--                their hash tag
--       2 shard
-- ARGV  1 now    the time of the call, ms
--       2 floor  what the tickets that are given have to be above, µs
--       3 most   how many pages are looked at, at most
--       4 told   how many changes are told at most
--       5 seen   the ticket up to which the caller knows of changes, 0 if it has not asked yet
-- Gives whether there is more to do or to tell, 1 or 0; how many tabs have expired; how many leases have gone to who has asked
-- because the holder gave no answer; how many tabs are gone; what was taken over, see taken in page.lua, or false; the shard's
-- pages, tabs, leases and waits; seen for the next call, whether there may have been more changes than are told, 1 or 0, and path
-- and version of each page that has changed; and then path and version of each page whose snapshot this call has changed.
--
-- Changes are kept for a minute, and no more than 10,000. Whoever has slept for longer reads all that it watches.

-- include page/page
-- include page/snapshot

local KEPT = 60000000 -- µs of tickets
local MOST_KEPT = 10000

local most, told, seen = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
enterShard(KEYS[1], KEYS[2])
noteTime()
redis.call('PEXPIRE', shard, RETENTION)
local paths = redis.call('ZRANGEBYSCORE', due, '-inf', '(' .. nowText, 'LIMIT', 0, most)

local tag = string.sub(due, 1, 16)
local news = {}
local gone = 0
local lost = false
local function openPage(one)
  open(tag .. 'page:' .. one, tag .. 'until:' .. one, tag .. 'viewers:' .. one, tag .. 'claims:' .. one)
end

for _, one in ipairs(paths) do
  openPage(one)
  if tabs == 0 then
    lost = true
    redis.call('ZREM', due, one)
    redis.call('ZREM', ofShard('pages'), one)
  else
    expire()
    close()
    gone = gone + tabsBefore - tabs
    if changed then
      news[#news + 1] = one
      news[#news + 1] = version
    end
  end
end

-- A log that begins, since the shard is new or was lost, does so above all that anybody has seen.
local log = tonumber(redis.call('HGET', shard, 'log'))
if not log then
  log = tonumber(ticket())
  redis.call('HSET', shard, 'log', string.format('%.0f', log))
end
saveTicket()

-- Pages vanish by themselves only after all instances were away for long; then nobody has counted them out.
if lost then
  local allTabs, allPages, allLeases, allClaims = 0, 0, 0, 0
  for _, one in ipairs(redis.call('ZRANGE', due, 0, -1)) do
    openPage(one)
    allTabs = allTabs + tabs
    allPages = allPages + (tabs > 0 and 1 or 0)
    allLeases = allLeases + #claimedSections(math.huge) + (queueOf('').holder ~= '' and 1 or 0)
    allClaims = allClaims + redis.call('ZCARD', claims)
  end
  redis.call('HSET', shard, 'tabs', allTabs, 'pages', allPages, 'leases', allLeases, 'waits', allClaims - allLeases)
  redis.call('PEXPIRE', shard, RETENTION)
end

-- Forgets the changes up to one, of which whoever has not seen it then knows that they may lack some.
local function forget(last)
  if last then
    redis.call('ZREMRANGEBYSCORE', ofShard('changes'), '-inf', last)
    redis.call('HSET', shard, 'log', last)
  end
end

local counts = redis.call('HMGET', shard, 'ticket', 'pages', 'tabs', 'leases', 'waits')
local last = tonumber(counts[1]) or log
local upTo, isMore = last, false
local changes = {'', 0}
if seen < log or seen > last then
  changes[2] = 1
elseif seen < last then
  local kept = redis.call('ZRANGEBYSCORE', ofShard('changes'), '(' .. ARGV[5], '+inf', 'WITHSCORES', 'LIMIT', 0, told)
  for _, one in ipairs(kept) do
    changes[#changes + 1] = one
  end
  if #kept == 2 * told then
    upTo, isMore = tonumber(kept[#kept]), true
  end
end
changes[1] = string.format('%.0f', upTo)
if seen < last then
  local horizon = string.format('(%.0f', now * 1000 - KEPT)
  forget(redis.call('ZREVRANGEBYSCORE', ofShard('changes'), horizon, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)[2])
  local over = redis.call('ZCARD', ofShard('changes')) - MOST_KEPT
  if over > 0 then
    forget(redis.call('ZRANGE', ofShard('changes'), over - 1, over - 1, 'WITHSCORES')[2])
  end
end
return {(#paths == most or isMore) and 1 or 0, expired, overdue, gone, taken, {unpack(counts, 2)}, changes, unpack(news)}
