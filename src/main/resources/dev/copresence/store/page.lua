-- What the scripts of pages share; it stands where a script says "include page".
--
-- A page has four keys, which all begin with copresence:{pNN}, NN being its shard:
--   page:<path>     hash   v version of the snapshot, rises with each change
--                          b no tab's life ends before this, ms
--                          h tab that holds the lease, or ''      f its fence, or ''      t how many tabs
--                          t<tab>  what the tab does: "LVC life incarnation lease placement seen"
--                                  (1 or 0: leaving, visible, claiming; life and seen in ms, seen of a leaving tab alone)
--                          u<user> profile      k<user> "tabs visibleTabs"
--   until:<path>    zset   tab by the last ms of its life
--   viewers:<path>  zset   user by arrival
--   claims:<path>   zset   tab by arrival of its claim
-- and its shard has two:
--   due             zset   path by b
--   shard           hash   ticket the last number given; tabs, pages how many live in the shard
-- A tab is the 16 bytes of its id and its user's id; a profile is an avatar (or nothing), a line feed and a name.
-- Versions, fences and arrivals are tickets: each higher than all before, also after the shard was lost, since they are
-- counted in µs of the clocks. All keys outlive their last change by ARGV[2] ms and then vanish by themselves.
-- A heartbeat that moves a deadline alone is no change; but whoever calls after b, the sweep at the latest, moves b.

local now, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local shard, due
local page, untils, viewers, claims, path
local version, bound, holder, fence, tabs
local tabsBefore, changed, moved
local ticketed
local expired = 0

local function open(ofPage, ofUntils, ofViewers, ofClaims)
  page, untils, viewers, claims = ofPage, ofUntils, ofViewers, ofClaims
  path = string.sub(page, 22)
  local meta = redis.call('HMGET', page, 'v', 'b', 'h', 'f', 't')
  version, bound, holder, fence = meta[1] or '0', tonumber(meta[2]), meta[3] or '', meta[4] or ''
  tabs = tonumber(meta[5]) or 0
  tabsBefore, changed, moved = tabs, false, false
end

local function ticket()
  if not ticketed then
    local time = redis.call('TIME')
    ticketed = math.max(tonumber(redis.call('HGET', shard, 'ticket')) or 0, now * 1000, time[1] * 1000000 + time[2])
  end
  ticketed = ticketed + 1
  return string.format('%.0f', ticketed)
end

local function userOf(tab)
  return string.sub(tab, 17)
end

-- leaving, visible, claiming, life, lease, placement, seen, incarnation; all text
local function parse(record)
  local leaving, visible, claiming, life, incarnation, lease, placement, seen =
    string.match(record, '^(%d)(%d)(%d) (%d+) (%S*) (%d+) (%d+) (%d+)$')
  return leaving, visible, claiming, life, lease, placement, seen, incarnation
end

local function record(leaving, visible, claiming, life, lease, placement, seen, incarnation)
  return leaving .. visible .. claiming .. ' ' .. life .. ' ' .. incarnation .. ' ' .. lease .. ' ' .. placement .. ' '
    .. seen
end

-- Adds to the tabs of a user and to the visible ones among them.
local function count(user, more, moreVisible)
  local counts = redis.call('HGET', page, 'k' .. user)
  local all, visible = 0, 0
  if counts then
    all, visible = string.match(counts, '^(%d+) (%d+)$')
    all, visible = tonumber(all), tonumber(visible)
  else
    redis.call('ZADD', viewers, ticket(), user)
  end
  if more ~= 0 or (visible == 0) ~= (visible + moreVisible == 0) then
    changed = true
  end
  tabs = tabs + more
  if all + more == 0 then
    redis.call('HDEL', page, 'k' .. user, 'u' .. user)
    redis.call('ZREM', viewers, user)
  else
    redis.call('HSET', page, 'k' .. user, (all + more) .. ' ' .. (visible + moreVisible))
  end
end

local function claim(tab)
  redis.call('ZADD', claims, ticket(), tab)
  if holder == '' then
    holder, fence, changed = tab, ticket(), true
  end
end

local function unclaim(tab)
  redis.call('ZREM', claims, tab)
  if holder ~= tab then
    return
  end
  holder, fence = redis.call('ZRANGE', claims, 0, 0)[1] or '', ''
  if holder ~= '' then
    fence = ticket()
  end
  if holder == '' or userOf(holder) ~= userOf(tab) then
    changed = true
  end
  moved = true
end

local function depart(tab, visible, claiming)
  redis.call('HDEL', page, 't' .. tab)
  redis.call('ZREM', untils, tab)
  if claiming == '1' then
    unclaim(tab)
  end
  count(userOf(tab), -1, -tonumber(visible))
end

-- Takes away the tabs whose life is over.
local function expire()
  if not bound or now <= bound then
    return
  end
  for _, tab in ipairs(redis.call('ZRANGEBYSCORE', untils, '-inf', '(' .. ARGV[1])) do
    local leaving, visible, claiming = parse(redis.call('HGET', page, 't' .. tab))
    if leaving == '0' then
      expired = expired + 1
    end
    depart(tab, visible, claiming)
  end
  moved = true
end

-- Keeps what has changed, and announces the page if its snapshot has. "moved" says that something else has.
local function close()
  if tabs ~= tabsBefore then
    redis.call('HINCRBY', shard, 'tabs', tabs - tabsBefore)
    if tabs == 0 or tabsBefore == 0 then
      redis.call('HINCRBY', shard, 'pages', tabs == 0 and -1 or 1)
    end
  end
  if changed then
    version = ticket()
    redis.call('PUBLISH', page, version)
  end
  if tabs == 0 then
    if tabsBefore ~= 0 then
      redis.call('DEL', page, untils, viewers, claims)
      redis.call('ZREM', due, path)
    end
    version, bound, holder, fence = '0', nil, '', ''
  elseif changed or moved then
    bound = tonumber(redis.call('ZRANGE', untils, 0, 0, 'WITHSCORES')[2])
    redis.call('HSET', page, 'v', version, 'b', bound, 'h', holder, 'f', fence, 't', tabs)
    redis.call('ZADD', due, bound, path)
    for _, key in ipairs({page, untils, viewers, claims, due, shard}) do
      redis.call('PEXPIRE', key, keep)
    end
  end
end

-- To be called once, after all pages are closed.
local function keepTicket()
  if ticketed then
    redis.call('HSET', shard, 'ticket', string.format('%.0f', ticketed))
    redis.call('PEXPIRE', shard, keep)
  end
end

-- The place of a tab's claim, 0 being the holder's and -1 that of no claim, and the fence or who edits instead.
local function editing(tab, claiming)
  if claiming ~= '1' then
    return -1, ''
  end
  if holder == tab then
    return 0, fence
  end
  return redis.call('ZRANK', claims, tab), userOf(holder)
end

-- What others may see of the page: counts, the editor or '', and of each listed viewer id, counts and profile; false if
-- the caller has this version.
local function snapshot(most, known)
  if known == version then
    return false
  end
  local viewerCount = redis.call('ZCARD', viewers)
  local editor = holder == '' and '' or userOf(holder)
  local listed = redis.call('ZRANGE', viewers, 0, most - 1)
  if editor ~= '' and #listed < viewerCount and redis.call('ZRANK', viewers, editor) >= most then
    listed[most] = editor
  end
  local shown = {viewerCount, tabs, editor}
  for first = 1, #listed, 500 do
    local last = math.min(first + 499, #listed)
    local fields = {}
    for i = first, last do
      fields[#fields + 1] = 'k' .. listed[i]
      fields[#fields + 1] = 'u' .. listed[i]
    end
    local values = redis.call('HMGET', page, unpack(fields))
    for i = first, last do
      local at = 2 * (i - first) + 1
      shown[#shown + 1] = listed[i]
      shown[#shown + 1] = values[at]
      shown[#shown + 1] = values[at + 1]
    end
  end
  return shown
end

-- The head of each answer: outcome, whether the snapshot has changed, how many tabs have expired, by how many there are
-- more than before, version, b or 0.
local function answer(outcome, ...)
  return {outcome, changed and 1 or 0, expired, tabs - tabsBefore, version, bound or 0, ...}
end
