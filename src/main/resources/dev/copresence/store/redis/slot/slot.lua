-- What the scripts of a user's slot share: what is kept of where the user's tabs are. It stands where a script says
-- "include slot/slot".
--
-- Each of these scripts is called with
--   KEYS  1 slot       what is kept of the user, below
--         2 placed     tabs that are on a page
--         3 left       tabs that have left one
--   ARGV  1 now        the time of the call, ms
--         2 retention  how long the slot outlives what it is trusted for, ms: longer than any two lives
--         3 trust      how long a page trusts a move without asking the slot again, ms
-- and with what stands in its own head, from ARGV 4 on.
--
-- A user has three keys, which all begin with copresence:{u:<user>}:
--   ""        hash  n        the number of the last move; rises, also after the slot was lost, since it is counted in ms of the
--                            clock
--                   p        profile     r   when others were last shown another one, ms
--                   t<id>    where the tab was placed: "move trustedUntil incarnation page left until", - for what it has not:
--                            move the number of the move to the page, page the one it was placed on, left the one that it left
--                            and that is remembered until that ms
--   ":placed" zset  id of each tab with a page, by the last ms in which it is surely alive, as far as known here
--   ":left"   zset  id of each tab that has left one, in the order of the leaves; no more than a user may have tabs
-- Nobody tells the slot that a tab has expired on its page. The page knows who lives; what a slot says of it is true until
-- trustedUntil, when the page has the slot asked again, and a life after it. Each call reads the fields that it needs, and takes
-- away a few that have had their time: so its cost does not follow the number of tabs.

local nowText, now, retention, trust = ARGV[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local slot, placed, leaves = unpack(KEYS)

-- How many tabs one call looks at beside its own.
local FEW = 10

local function load(id)
  local value = redis.call('HGET', slot, 't' .. id)
  if not value then
    return nil
  end
  local move, trustedUntil, incarnation, page, left, till =
    string.match(value, '^(%d+) (%d+) (%S+) (%S+) (%S+) (%d+)$')
  local tab = {move = move, trustedUntil = tonumber(trustedUntil), incarnation = tonumber(incarnation),
    text = incarnation, till = tonumber(till)}
  tab.page = page ~= '-' and tab.trustedUntil + retention >= now and page or nil
  tab.left = left ~= '-' and tab.till >= now and left or nil
  return tab
end

local function save(id, tab)
  if not tab.page then
    redis.call('ZREM', placed, id)
  end
  if not tab.left then
    redis.call('ZREM', leaves, id)
  end
  if not tab.page and not tab.left then
    redis.call('HDEL', slot, 't' .. id)
    return
  end
  redis.call('HSET', slot, 't' .. id, tab.move .. ' ' .. string.format('%.0f', tab.trustedUntil) .. ' ' .. tab.text .. ' '
    .. (tab.page or '-') .. ' ' .. (tab.left or '-') .. ' ' .. string.format('%.0f', tab.till))
  for _, key in ipairs(KEYS) do
    redis.call('PEXPIRE', key, trust + retention)
  end
end

-- The tab as it is, or nothing if there is nothing to know of it.
local function find(id)
  local tab = load(id)
  return tab and (tab.page or tab.left) and tab or nil
end

local function takeOff(id, tab)
  tab.page = nil
  save(id, tab)
end

-- The number of the next move, or leave.
local function nextMove()
  return math.max((tonumber(redis.call('HGET', slot, 'n')) or 0) + 1, now)
end

-- Takes away some of what has had its time: leaves that are older than so many ms, and tabs that must have expired.
local function tidy(remembered)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', leaves, '-inf', '(' .. now - remembered, 'LIMIT', 0, FEW)) do
    save(id, load(id) or {})
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', placed, '-inf', '(' .. now - trust - retention, 'LIMIT', 0, FEW)) do
    local tab = load(id) or {}
    if not tab.page then
      save(id, tab)
    end
  end
end

-- Takes the word of the pages for tabs, three from ARGV[first] on for each: id, move, and the last ms in which the tab
-- is surely alive there, or 0 if it is there no more.
local function hear(first)
  for i = first, #ARGV, 3 do
    local id, move, ends = ARGV[i], ARGV[i + 1], ARGV[i + 2]
    local tab = load(id)
    if tab and tab.move == move then
      if ends == '0' then
        takeOff(id, tab)
      elseif tab.page then
        redis.call('ZADD', placed, 'XX', ends, id)
      end
    end
  end
end

-- Remembers a leave, and forgets the oldest if there are too many.
local function rememberLeave(id, tab, page, till, most)
  local serial = string.format('%.0f', nextMove())
  redis.call('HSET', slot, 'n', serial)
  redis.call('ZADD', leaves, serial, id)
  tab.left, tab.till = page, till
  if redis.call('ZCARD', leaves) > most then
    local oldest = redis.call('ZRANGE', leaves, 0, 0)[1]
    local its = load(oldest) or {}
    its.left = nil
    save(oldest, its)
  end
end
