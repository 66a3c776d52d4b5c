-- What the scripts of a page share: what is kept of it, how it is entered, and how a script finishes. It stands where a
-- script says "include page/page".
--
-- Each of these scripts is called with
--   KEYS  1 page     what is kept of the page, below
--         2 until    what ends on it, and when
--         3 viewers  who is there
--         4 claims   who wants to edit
--         5 due      of the page's shard: when to look at which page
--         6 shard    of the page's shard: its numbers
--   ARGV  1 now      the time of the call, ms
--         2 floor    what the tickets that are given have to be above, µs
--         3 most     how many viewers are listed at most
--         4 known    the version that the caller has, '' for none
-- and with what stands in its own head, from ARGV 5 on. sweep.lua and beats.lua are called otherwise.
--
-- A page has four keys, which all begin with copresence:{...}, the tag of its shard, three characters (see PageKeys):
--   page:<path>     hash   v version of the snapshot, rises with each change
--                          b nextExpiry: nothing ends by itself before this, ms      t how many tabs
--                          n how many of them others do not see, nothing for none
--                          t<tab>  what the tab does: "LVC life incarnation section trustedUntil move renewedAt claim"
--                                  (L leaving, V visible, 1 or 0; C 1 claims, 2 has lost its lease, 0 neither; behind C
--                                  a 1 if the tab is unlisted: others see it while it claims, and at no other time; section
--                                  may be empty; trustedUntil and move are what the slot has said, see slot.lua; life,
--                                  trustedUntil and renewedAt in ms, renewedAt of a leaving tab alone; claim if it makes one)
--                          x<tab>  to whom the tab has lost its lease: "length id profile", length being that of the id
--                          u<user> profile      k<user> "tabs visibleTabs", and " typingTabs section" if there is any,
--                                  of the tabs that others see      n<user> how many others do not see, nothing for none
--                          g<user> id of the tab that says in which section the user is, the last that went to one
--                          h<section> tab that holds the lease of a section, or of the page as a whole for none
--                          f<section> its fence
--                          q<section> "until tab": the tab that asks for the lease, until the last ms for an answer;
--                                  "until.1 tab": the same of a take-over, which the holder cannot refuse;
--                                  "until ": the last ms in which the holder, who has refused, is not asked again
--   until:<path>    zset   by the last ms of it: lives of tabs, typing of tabs, and what q<section> says; see ending
--   viewers:<path>  zset   user, of whom others see a tab, by arrival
--   claims:<path>   zset   "section claim tab", of equal scores and so in this order; the first of a section holds its lease
-- and its shard has four:
--   due             zset   path by nextExpiry
--   pages           zset   path of each page with a tab, of equal scores and so in the order of the paths; its name is made of
--                          that of due, since each argument costs
--   changes         zset   path of each page whose snapshot has changed lately, by the version that it has since, 0 not being
--                          one: what an instance reads that may have missed an announcement; see sweep.lua; named like pages
--   shard           hash   ticket the last number given; log above which ticket changes has all that there were; at the latest time of a caller, about, ms; how many live in the
--                          shard: tabs, pages, leases, waits (claims that wait for a lease)
-- A tab is the 16 bytes of its id and its user's id; for a profile see profile.lua.
-- Versions, fences, arrivals and claims are tickets: each higher than all before, also after the shard was lost, since each is
-- above the floor that the caller names: the highest ticket that it knows of, or the time in µs and what any instance knew
-- tickets to be ahead of that. They have 16 digits until the year 2286. This server's clock matters to a shard that is new or
-- was lost, and raises its first ticket at most.
-- Whoever calls with a time that is long past, since its clock has stood still, is refused: "BEHIND at"; see enterShard.
-- All keys outlive their last change by RETENTION and then vanish by themselves. That is for when all instances are gone,
-- since they sweep what has ended; it is so long because this server counts it on its wall clock, which may be set.
-- A heartbeat that moves a deadline alone is no change; but whoever calls after nextExpiry, the sweep at the latest, moves it.

local RETENTION = 30 * 24 * 3600 * 1000 -- ms
local TOLERATED_LAG = 2000 -- ms; by how much the time of a caller may be behind
local LOST = 3000000 -- µs; how far above the floor a shard that is new or was lost begins: callers' times differ by less

-- What a tab does about a lease, C above.
local IDLE, CLAIMS, HAS_LOST = '0', '1', '2'

local nowText, now, floor = ARGV[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local shard, due, at
local page, untils, viewers, claims, path
local version, nextExpiry, tabs, unlisted, queues
local tabsBefore, leases, waits
local changed, touched -- whether the snapshot is another one, and whether anything else is
local ticketed
local expired, overdue = 0, 0
local taken = false -- what was taken over after its time, of each: path, section, fence, and the users of it now and before

local function newQueue(section, holder, fence, asked)
  local ends, firm, asker = string.match(asked or '', '^(%d+)%.?(1?) (.*)$')
  queues[section] = {section = section, holder = holder or '', fence = fence or '', ends = tonumber(ends),
    asker = asker ~= '' and asker or nil, firm = firm == '1'}
  return queues[section]
end

-- The name of another key of the shard.
local function ofShard(name)
  return string.sub(due, 1, 16) .. name
end

-- To be called once, before all pages are opened; ends the script if the caller's time is long past.
local function enterShard(ofDue, ofShard)
  due, shard = ofDue, ofShard
  at = tonumber(redis.call('HGET', shard, 'at')) or 0
  if now < at - TOLERATED_LAG then
    error({err = 'BEHIND ' .. string.format('%.0f', at)})
  end
end

-- Has callers to come know of the time of this one.
local function noteTime()
  if now > at then
    at = now
    redis.call('HSET', shard, 'at', nowText)
  end
end

local function open(ofPage, ofUntils, ofViewers, ofClaims)
  page, untils, viewers, claims = ofPage, ofUntils, ofViewers, ofClaims
  path = string.sub(page, 22)
  local meta = redis.call('HMGET', page, 'v', 'b', 't', 'n', 'h', 'f', 'q')
  version, nextExpiry, tabs, unlisted = meta[1] or '0', tonumber(meta[2]), tonumber(meta[3]) or 0, tonumber(meta[4]) or 0
  queues = {}
  newQueue('', meta[5], meta[6], meta[7])
  tabsBefore, leases, waits, changed, touched = tabs, 0, 0, false, false
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
  return newQueue(section, kept[1], kept[2], kept[3])
end

-- What a tab does, all in text, and whether others see it; nothing if it is not here.
local function stateOf(tab)
  local kept = redis.call('HGET', page, 't' .. tab)
  if not kept then
    return nil
  end
  local state = {}
  state.leaving, state.visible, state.claiming, state.unlisted, state.life, state.incarnation, state.section,
    state.trustedUntil, state.move, state.renewedAt, state.claim =
    string.match(kept, '^(%d)(%d)(%d)(1?) (%d+) ([^ ]*) ([^ ]*) (%d+) (%d+) (%d+) ?(%d*)$')
  state.shown = state.unlisted == '' or state.claiming == CLAIMS
  return state
end

local function saveState(tab, state)
  redis.call('HSET', page, 't' .. tab, state.leaving .. state.visible .. state.claiming .. state.unlisted .. ' '
    .. state.life .. ' ' .. state.incarnation .. ' ' .. state.section .. ' ' .. state.trustedUntil .. ' ' .. state.move .. ' '
    .. state.renewedAt .. (state.claim == '' and '' or ' ' .. state.claim))
end

-- How "until" names what ends beside lives: the 17th byte, where a life has the first of its user's id, is none of UTF-8.
local function ending(typing, section)
  if typing then
    return string.sub(typing, 1, 16) .. '\255' .. string.sub(typing, 17)
  end
  return string.rep('\254', 17) .. section
end

-- Adds to the tabs of a user that others see, to the visible ones among them and to those where somebody types; the user is in
-- another section if one is given.
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
  all, visible, typing = all + more, visible + moreVisible, typing + moreTyping
  if all == 0 then
    redis.call('HDEL', page, 'k' .. user)
    redis.call('ZREM', viewers, user)
    if unlisted == 0 or redis.call('HEXISTS', page, 'n' .. user) == 0 then
      redis.call('HDEL', page, 'u' .. user)
    end
  else
    local there = (typing > 0 or section ~= '') and ' ' .. typing .. ' ' .. section or ''
    redis.call('HSET', page, 'k' .. user, all .. ' ' .. visible .. there)
  end
end

-- Where the user is after a tab of theirs has gone to a section, or to none; nothing if that does not tell.
local function noteSectionTab(tab, section)
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

-- Adds to the tabs of a user that others do not see.
local function countUnlisted(user, more)
  unlisted, touched = unlisted + more, true
  redis.call('HSET', page, 'n', unlisted)
  if redis.call('HINCRBY', page, 'n' .. user, more) == 0 then
    redis.call('HDEL', page, 'n' .. user)
    if redis.call('HEXISTS', page, 'k' .. user) == 0 then
      redis.call('HDEL', page, 'u' .. user)
    end
  end
end

-- Has others see a tab and what it does, or no longer see it, by what it wishes and whether it claims: a lease has a face.
local function showOrNot(tab, state)
  local shown = state.unlisted == '' or state.claiming == CLAIMS
  if shown == state.shown then
    return
  end
  state.shown = shown
  if shown then
    local there = state.section ~= '' and noteSectionTab(tab, state.section) or nil
    count(userOf(tab), 1, tonumber(state.visible), 0, there)
    countUnlisted(userOf(tab), -1)
  else
    local there = state.section ~= '' and noteSectionTab(tab, '') or nil
    local typing = redis.call('ZREM', untils, ending(tab))
    countUnlisted(userOf(tab), 1)
    count(userOf(tab), -1, -tonumber(state.visible), -typing, there)
  end
end

-- include page/claims

local madeClaims

-- The steps of claims.lua.
local function Claims()
  madeClaims = madeClaims or makeClaims()
  return madeClaims
end

-- Takes a tab to a section, or to the page as a whole; a claim to where it was ends.
local function goToSection(tab, state, section)
  if state.section == section then
    return
  end
  if state.claiming ~= IDLE then
    Claims().drop(tab, state)
  end
  state.section, touched = section, true
  local there = state.shown and noteSectionTab(tab, section)
  if there then
    count(userOf(tab), 0, 0, 0, there)
  end
end

-- Takes a tab off the page, with all that it does there.
local function removeTab(tab, state)
  if state.claiming ~= IDLE then
    Claims().drop(tab, state)
  end
  tabs = tabs - 1
  redis.call('HDEL', page, 't' .. tab)
  if not state.shown then
    redis.call('ZREM', untils, tab)
    countUnlisted(userOf(tab), -1)
    return
  end
  local there = state.section ~= '' and noteSectionTab(tab, '') or nil
  local typing = redis.call('ZREM', untils, tab, ending(tab)) - 1
  count(userOf(tab), -1, -tonumber(state.visible), -typing, there)
end

-- Ends what has ended, in the order of time: lives, typing, and the patience of those who have asked for a lease.
local function expire()
  if not nextExpiry or now <= nextExpiry then
    return
  end
  for _, one in ipairs(redis.call('ZRANGEBYSCORE', untils, '-inf', '(' .. nowText)) do
    local kind = string.byte(one, 17)
    if kind == 254 then
      local queue = queueOf(string.sub(one, 18))
      if queue.asker then
        overdue = overdue + (queue.firm and 0 or 1)
        Claims().pass(queue, queue.asker, stateOf(queue.asker))
      else
        Claims().endRequest(queue)
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
      removeTab(one, state)
    end
  end
  touched = true
end

-- Keeps what has changed of the page that is open, and announces it if its snapshot has.
local function close()
  if tabs ~= tabsBefore then
    redis.call('HINCRBY', shard, 'tabs', tabs - tabsBefore)
    if tabs == 0 then
      redis.call('HINCRBY', shard, 'pages', -1)
      redis.call('ZREM', ofShard('pages'), path)
    elseif tabsBefore == 0 then
      redis.call('HINCRBY', shard, 'pages', 1)
      redis.call('ZADD', ofShard('pages'), 0, path)
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
    redis.call('ZADD', ofShard('changes'), version, path)
    redis.call('PUBLISH', page, version)
  end
  if tabs == 0 then
    if tabsBefore ~= 0 then
      redis.call('DEL', page, untils, viewers, claims)
      redis.call('ZREM', due, path)
    end
    version, nextExpiry = '0', nil
  elseif changed or touched then
    for section, queue in pairs(queues) do
      if queue.dirty then
        Claims().save(section, queue)
      end
    end
    nextExpiry = math.floor(tonumber(redis.call('ZRANGE', untils, 0, 0, 'WITHSCORES')[2]))
    redis.call('HSET', page, 'v', version, 'b', nextExpiry, 't', tabs)
    redis.call('ZADD', due, nextExpiry, path)
    noteTime()
    for _, key in ipairs({page, untils, viewers, claims, due, shard, ofShard('pages')}) do
      redis.call('PEXPIRE', key, RETENTION)
    end
  end
end

-- To be called once, after all pages are closed.
local function saveTicket()
  if ticketed then
    redis.call('HSET', shard, 'ticket', string.format('%.0f', ticketed))
    redis.call('PEXPIRE', shard, RETENTION)
    redis.call('PEXPIRE', ofShard('changes'), RETENTION)
  end
end

-- Begins a script on one page: from here on it is as it is at the time of the call.
local function enter()
  enterShard(KEYS[5], KEYS[6])
  open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
  expire()
end

-- Ends what enter has begun.
local function finish()
  close()
  saveTicket()
end

-- What a script on one page gives. Its head is the outcome, a word; whether the snapshot has changed; how many tabs have
-- expired; how many leases have gone to who has asked because the holder gave no answer; how many tabs were added; the version;
-- nextExpiry, 0 if nobody is here; and what was taken over, or false. What follows stands in the script's own head.
local function answer(outcome, ...)
  return {outcome, changed and 1 or 0, expired, overdue, tabs - tabsBefore, version, nextExpiry or 0, taken, ...}
end
