-- Takes away what has expired on the pages of a shard that are due.
--
-- KEYS  1 due    of the shard, see page.lua, as is the next; the names of its pages' keys are built from them and share
--                their hash tag
--       2 shard
-- ARGV  1 now    the time of the call, ms
--       2 floor  what the tickets that are given have to be above, µs
--       3 most   how many pages at most
-- Gives whether there are more pages, 1 or 0; how many tabs have expired; how many leases have gone to who has asked because
-- the holder gave no answer; how many tabs are gone; what was taken over, see taken in page.lua, or false; and path and version
-- of each page whose snapshot has changed.

-- include page/page
-- include page/snapshot

local most = tonumber(ARGV[3])
enterShard(KEYS[1], KEYS[2])
noteTime()
redis.call('PEXPIRE', shard, RETENTION)
local paths = redis.call('ZRANGEBYSCORE', due, '-inf', '(' .. nowText, 'LIMIT', 0, most)
if #paths == 0 then
  return {0, 0, 0, 0, false}
end

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
return {#paths == most and 1 or 0, expired, overdue, gone, taken, unpack(news)}
