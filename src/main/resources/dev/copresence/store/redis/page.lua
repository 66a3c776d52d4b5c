-- What the scripts of pages share; it stands where a script says "include page".
--
-- A page has four keys, which all begin with copresence:{pNN}, NN being its shard:
--   page:<path>     hash   v version of the snapshot, rises with each change
--                          b nothing ends by itself before this, ms      t how many tabs
--                          t<tab>  what the tab does: "LVC life incarnation section lease placement seen claim"
--                                  (L leaving, V visible, 1 or 0; C 1 claiming, 2 has lost its lease, 0 neither; section
--                                  may be empty; life and seen in ms, seen of a leaving tab alone; claim if it makes one)
--                          x<tab>  to whom the tab has lost its lease: "length id profile", length being that of the id
--                          u<user> profile      k<user> "tabs visibleTabs", and " typingTabs section" if there is any
--                          g<user> id of the tab that says in which section the user is, the last that went to one
--                          h<section> tab that holds the lease of a section, or of the page as a whole for none
--                          f<section> its fence
--                          q<section> "until tab": the tab that asks for the lease, until the last ms for an answer;
--                                  "until ": the last ms in which the holder, who has refused, is not asked again
--   until:<path>    zset   by the last ms of it: lives of tabs, typing of tabs, and what q<section> says; see ending
--   viewers:<path>  zset   user by arrival
--   claims:<path>   zset   "section claim tab", of equal scores and so in this order; the first of a section holds its lease
-- and its shard has two:
--   due             zset   path by b
--   shard           hash   ticket the last number given; at the latest time of a caller, about, ms; how many live in the
--                          shard: tabs, pages, leases, waits (claims that wait for a lease)
-- A tab is the 16 bytes of its id and its user's id; for a profile see profile.lua.
-- Versions, fences, arrivals and claims are tickets: each higher than all before, also after the shard was lost, since they
-- each is above the floor that the caller names, ARGV[2]: the highest ticket that it knows of, or the time in µs and what any
-- instance knew tickets to be ahead of that. They have 16 digits until the year 2286. This server's clock matters to a shard
-- that is new or was lost, and raises its first ticket at most. A tab that is given a lease takes the place of the claim that
-- had it.
-- Whoever calls with a time that is long past, since its clock has stood still, is refused: "BEHIND at"; see enter.
-- All keys outlive their last change by KEEP and then vanish by themselves. That is for when all instances are gone, since
-- they sweep what has ended; it is so long because this server counts it on its wall clock, which may be set.
-- A heartbeat that moves a deadline alone is no change; but whoever calls after b, the sweep at the latest, moves b.

local KEEP = 30 * 24 * 3600 * 1000 -- ms
local PATIENCE = 2000 -- by how many ms the time of a caller may be behind
local LOST = 3000000 -- by how many µs a shard that is new or was lost begins above the floor: callers' times differ by less

local now, floor = tonumber(ARGV[1]), tonumber(ARGV[2])
local shard, due, at
local page, untils, viewers, claims, path
local version, bound, tabs, queues
local tabsBefore, leases, waits, changed, moved
local ticketed
local expired, overdue = 0, 0

local function queue(section, holder, fence, asked)
  local ends, asker = string.match(asked or '', '^(%d+) (.*)$')
  queues[section] = {section = section, holder = holder or '', fence = fence or '', ends = tonumber(ends),
    asker = asker ~= '' and asker or nil}
  return queues[section]
end

-- To be called once, before all pages are opened; ends the script if the caller's time is long past.
local function enter(ofDue, ofShard)
  due, shard = ofDue, ofShard
  at = tonumber(redis.call('HGET', shard, 'at')) or 0
  if now < at - PATIENCE then
    error({err = 'BEHIND ' .. string.format('%.0f', at)})
  end
end

-- Has callers to come know of the time of this one.
local function keepTime()
  if now > at then
    at = now
    redis.call('HSET', shard, 'at', ARGV[1])
  end
end

local function open(ofPage, ofUntils, ofViewers, ofClaims)
  page, untils, viewers, claims = ofPage, ofUntils, ofViewers, ofClaims
  path = string.sub(page, 22)
  local meta = redis.call('HMGET', page, 'v', 'b', 't', 'h', 'f', 'q')
  version, bound, tabs = meta[1] or '0', tonumber(meta[2]), tonumber(meta[3]) or 0
  queues = {}
  queue('', meta[4], meta[5], meta[6])
  tabsBefore, leases, waits, changed, moved = tabs, 0, 0, false, false
end

local function ticket()
  if not ticketed then
    local last = tonumber(redis.call('HGET', shard, 'ticket'))
    if last then
      ticketed = math.max(last, floor)
    else
      local time = redis.call('TIME')
      ticketed = math.max(floor + LOST, time[1] * 1000000 + time[2])
    end
  end
  ticketed = ticketed + 1
  return string.format('%.0f', ticketed)
end

local function userOf(tab)
  return string.sub(tab, 17)
end

-- The claims of a section, or of the page as a whole: what its holder and others have said.
local function queueOf(section)
  if queues[section] then
    return queues[section]
  end
  local kept = redis.call('HMGET', page, 'h' .. section, 'f' .. section, 'q' .. section)
  return queue(section, kept[1], kept[2], kept[3])
end

-- What a tab does, all in text; nothing if it is not here.
local function stateOf(tab)
  local kept = redis.call('HGET', page, 't' .. tab)
  if not kept then
    return nil
  end
  local state = {}
  state.leaving, state.visible, state.claiming, state.life, state.incarnation, state.section, state.lease,
    state.placement, state.seen, state.claim =
    string.match(kept, '^(%d)(%d)(%d) (%d+) ([^ ]*) ([^ ]*) (%d+) (%d+) (%d+) ?(%d*)$')
  return state
end

local function keepState(tab, state)
  redis.call('HSET', page, 't' .. tab, state.leaving .. state.visible .. state.claiming .. ' ' .. state.life .. ' '
    .. state.incarnation .. ' ' .. state.section .. ' ' .. state.lease .. ' ' .. state.placement .. ' ' .. state.seen
    .. (state.claim == '' and '' or ' ' .. state.claim))
end

-- How "until" names what ends beside lives: the 17th byte, where a life has the first of its user's id, is none of UTF-8.
local function ending(typing, section)
  if typing then
    return string.sub(typing, 1, 16) .. '\255' .. string.sub(typing, 17)
  end
  return string.rep('\254', 17) .. section
end

-- Adds to the tabs of a user, to the visible ones among them and to those where somebody types; the user is in another
-- section if one is given.
local function count(user, more, moreVisible, moreTyping, section)
  local counts = redis.call('HGET', page, 'k' .. user)
  local all, visible, typing, before = 0, 0, 0, ''
  if counts then
    all, visible, typing, before = string.match(counts, '^(%d+) (%d+) ?(%d*) ?(.*)$')
    all, visible, typing = tonumber(all), tonumber(visible), tonumber(typing) or 0
  else
    redis.call('ZADD', viewers, ticket(), user)
  end
  section = section or before
  if more ~= 0 or (visible == 0) ~= (visible + moreVisible == 0) or (typing == 0) ~= (typing + moreTyping == 0)
    or section ~= before then
    changed = true
  end
  tabs, all, visible, typing = tabs + more, all + more, visible + moreVisible, typing + moreTyping
  if all == 0 then
    redis.call('HDEL', page, 'k' .. user, 'u' .. user)
    redis.call('ZREM', viewers, user)
  else
    local there = (typing > 0 or section ~= '') and ' ' .. typing .. ' ' .. section or ''
    redis.call('HSET', page, 'k' .. user, all .. ' ' .. visible .. there)
  end
end

-- Where the user is after a tab of theirs has gone to a section, or to none; nothing if that does not tell.
local function guide(tab, section)
  local field, id = 'g' .. userOf(tab), string.sub(tab, 1, 16)
  if section ~= '' then
    redis.call('HSET', page, field, id)
  elseif redis.call('HGET', page, field) == id then
    redis.call('HDEL', page, field)
  else
    return nil
  end
  return section
end

-- Ends the question to the holder, or the time in which there is none.
local function unask(queue)
  if not queue.ends then
    return
  end
  redis.call('ZREM', untils, ending(nil, queue.section))
  if queue.asker then
    changed = true
  end
  queue.ends, queue.asker, queue.dirty, moved = nil, nil, true, true
end

-- Asks the holder for a tab, or, for none, leaves it in peace.
local function ask(queue, tab, ends)
  unask(queue)
  -- Half a ms later than a life that ends in the same one.
  redis.call('ZADD', untils, string.format('%.1f', ends + 0.5), ending(nil, queue.section))
  queue.ends, queue.asker, queue.dirty, moved = ends, tab, true, true
end

-- Makes a tab the holder, or nobody.
local function hold(queue, tab)
  unask(queue)
  if userOf(queue.holder) ~= userOf(tab) then
    changed = true
  end
  queue.holder, queue.fence, queue.dirty, moved = tab, tab == '' and '' or ticket(), true, true
end

local function place(state, tab)
  return state.section .. ' ' .. state.claim .. ' ' .. tab
end

-- The tab has taken note that it has lost its lease.
local function excuse(tab, state)
  if state.claiming == '2' then
    state.claiming = '0'
    redis.call('HDEL', page, 'x' .. tab)
  end
end

local function claim(tab, state)
  local queue = queueOf(state.section)
  state.claiming, state.claim = '1', ticket()
  redis.call('ZADD', claims, 0, place(state, tab))
  if queue.holder == '' then
    leases = leases + 1
    hold(queue, tab)
  else
    waits = waits + 1
  end
end

local function unclaim(tab, state)
  local queue = queueOf(state.section)
  redis.call('ZREM', claims, place(state, tab))
  state.claiming, state.claim, moved = '0', '', true
  if queue.asker == tab then
    unask(queue)
  end
  if queue.holder ~= tab then
    waits = waits - 1
    return
  end
  local section = state.section
  local first = redis.call('ZRANGEBYLEX', claims, '[' .. section .. ' ', '(' .. section .. '!', 'LIMIT', 0, 1)[1]
  if first then
    waits = waits - 1
    hold(queue, string.sub(first, #section + 19))
  else
    leases = leases - 1
    hold(queue, '')
  end
end

-- Gives the lease to a tab, whether it made a claim or not, and ends the claim of the holder, which is another tab.
local function pass(queue, tab, state)
  local loser = queue.holder
  local losing = stateOf(loser)
  excuse(tab, state)
  redis.call('ZREM', claims, place(losing, loser))
  if state.claiming == '1' then
    redis.call('ZREM', claims, place(state, tab))
    waits = waits - 1
  end
  state.claiming, state.claim = '1', losing.claim
  redis.call('ZADD', claims, 0, place(state, tab))
  keepState(tab, state)
  losing.claiming, losing.claim = '2', ''
  keepState(loser, losing)
  local user = userOf(tab)
  redis.call('HSET', page, 'x' .. loser, #user .. ' ' .. user .. redis.call('HGET', page, 'u' .. user))
  hold(queue, tab)
end

-- Takes a tab to a section, or to the page as a whole; a claim to where it was ends.
local function go(tab, state, section)
  if state.section == section then
    return
  end
  if state.claiming == '1' then
    unclaim(tab, state)
  end
  excuse(tab, state)
  state.section, moved = section, true
  local there = guide(tab, section)
  if there then
    count(userOf(tab), 0, 0, 0, there)
  end
end

local function depart(tab, state)
  if state.claiming == '1' then
    unclaim(tab, state)
  end
  excuse(tab, state)
  local there = state.section ~= '' and guide(tab, '') or nil
  redis.call('HDEL', page, 't' .. tab)
  local typing = redis.call('ZREM', untils, tab, ending(tab)) - 1
  count(userOf(tab), -1, -tonumber(state.visible), -typing, there)
end

-- Ends what has ended, in the order of time: lives, typing, and the patience of those who have asked for a lease.
local function expire()
  if not bound or now <= bound then
    return
  end
  for _, one in ipairs(redis.call('ZRANGEBYSCORE', untils, '-inf', '(' .. ARGV[1])) do
    local kind = string.byte(one, 17)
    if kind == 254 then
      local queue = queueOf(string.sub(one, 18))
      if queue.asker then
        overdue = overdue + 1
        pass(queue, queue.asker, stateOf(queue.asker))
      else
        unask(queue)
      end
    elseif kind == 255 then
      if redis.call('ZREM', untils, one) == 1 then
        count(string.sub(one, 18), 0, 0, -1)
      end
    else
      local state = stateOf(one)
      if state.leaving == '0' then
        expired = expired + 1
      end
      depart(one, state)
    end
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
  if leases ~= 0 then
    redis.call('HINCRBY', shard, 'leases', leases)
  end
  if waits ~= 0 then
    redis.call('HINCRBY', shard, 'waits', waits)
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
    version, bound = '0', nil
  elseif changed or moved then
    for section, queue in pairs(queues) do
      if queue.dirty and queue.holder == '' then
        redis.call('HDEL', page, 'h' .. section, 'f' .. section, 'q' .. section)
      elseif queue.dirty then
        redis.call('HSET', page, 'h' .. section, queue.holder, 'f' .. section, queue.fence)
        if queue.ends then
          redis.call('HSET', page, 'q' .. section, string.format('%.0f', queue.ends) .. ' ' .. (queue.asker or ''))
        else
          redis.call('HDEL', page, 'q' .. section)
        end
      end
    end
    bound = math.floor(tonumber(redis.call('ZRANGE', untils, 0, 0, 'WITHSCORES')[2]))
    redis.call('HSET', page, 'v', version, 'b', bound, 't', tabs)
    redis.call('ZADD', due, bound, path)
    keepTime()
    for _, key in ipairs({page, untils, viewers, claims, due, shard}) do
      redis.call('PEXPIRE', key, KEEP)
    end
  end
end

-- To be called once, after all pages are closed.
local function keepTicket()
  if ticketed then
    redis.call('HSET', shard, 'ticket', string.format('%.0f', ticketed))
    redis.call('PEXPIRE', shard, KEEP)
  end
end

-- The sections with claims, in order, so many at most.
local function edited(most)
  local sections, from = {}, '[!'
  while #sections < most do
    local first = redis.call('ZRANGEBYLEX', claims, from, '+', 'LIMIT', 0, 1)[1]
    if not first then
      break
    end
    local section = string.match(first, '^[^ ]+')
    sections[#sections + 1] = section
    from = '[' .. section .. '!'
  end
  return sections
end

-- The place of a tab's claim, 0 being the holder's, or -1 if it makes none and -2 if it has lost the lease; the fence of the
-- holder, or else who edits, '' being nobody; and, or false: of whom asks, or got the lease that was lost, id and profile;
-- the last ms for an answer; or that ms alone if nobody asks because the holder has refused.
local function editing(tab, state)
  if state.claiming == '0' then
    return -1, '', false
  end
  local queue = queueOf(state.section)
  if state.claiming == '2' then
    local lostTo = redis.call('HGET', page, 'x' .. tab)
    local length, both = string.match(lostTo, '^(%d+) (.*)$')
    return -2, userOf(queue.holder), {string.sub(both, 1, length), string.sub(both, length + 1)}
  end
  local asked = false
  if queue.asker then
    local asker = userOf(queue.asker)
    asked = {asker, redis.call('HGET', page, 'u' .. asker), queue.ends}
  elseif queue.ends then
    asked = {queue.ends}
  end
  if queue.holder == tab then
    return 0, queue.fence, asked
  end
  local before = redis.call('ZLEXCOUNT', claims, '[' .. state.section .. ' ', '(' .. state.section .. ' ' .. state.claim)
  return before, userOf(queue.holder), asked
end

-- What others may see of the page: counts, the editor or '', who asks or '', how many sections are edited; of each of these
-- name, editor and who asks or ''; of each listed viewer id, counts and profile. False if the caller has this version.
local function snapshot(most, known)
  if known == version then
    return false
  end
  local viewerCount = redis.call('ZCARD', viewers)
  local whole = queueOf('')
  local editor = userOf(whole.holder)
  local listed = redis.call('ZRANGE', viewers, 0, most - 1)
  if editor ~= '' and #listed < viewerCount and redis.call('ZRANK', viewers, editor) >= most then
    listed[most] = editor
  end
  local sections = edited(most)
  local shown = {viewerCount, tabs, editor, userOf(whole.asker or ''), #sections}
  for _, section in ipairs(sections) do
    local its = queueOf(section)
    shown[#shown + 1] = section
    shown[#shown + 1] = userOf(its.holder)
    shown[#shown + 1] = userOf(its.asker or '')
  end
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

-- The head of each answer: outcome, whether the snapshot has changed, how many tabs have expired, how many leases have gone
-- to who has asked because the holder gave no answer, by how many tabs there are more than before, version, b or 0.
local function answer(outcome, ...)
  return {outcome, changed and 1 or 0, expired, overdue, tabs - tabsBefore, version, bound or 0, ...}
end
