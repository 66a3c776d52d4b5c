-- Keeps a tab on its page; places it there once its user's slot has said so.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 keep, ms  3 viewers listed at most  4 version that the caller has
--       5 tab  6 profile  7 what its record is to begin with, up to the lease; but editing is 3 to leave it, and then no
--       section means where the tab is  8 section, '' for the page as a whole  9 joining, 1 or 0
--       and none, or if there is nothing of it '', of what few calls have:
--       10 lease, ms, and  11 placement: what the slot has said
--       12 for how many ms somebody who types shows  13 for how many they are not heard again
-- Gives the head, how the tab's claim stands, see editing, and the snapshot; an answer without the latter may end before
-- what few claims have. Outcomes: 0 done; 1 it is late, nothing was done; 2 the tab is not here, 3 it is and the slot has to
-- hear of it first; in both nothing was done.

local tab, profile, doing, section, placement = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[11] or ''

-- Most calls move a deadline and nothing else; beat.lua is for those that make no claim either.
local renewed = false
local meta = redis.call('HMGET', KEYS[1], 'v', 'b', 't' .. tab, 'u' .. string.sub(tab, 17), 'h' .. section, 'f' .. section,
  'q' .. section)
if meta[3] and not ARGV[10] and string.sub(meta[3], 1, #doing) == doing and meta[4] == profile then
  local now, bound, life = tonumber(ARGV[1]), tonumber(meta[2]), string.match(doing, '%d+', 5)
  if now <= bound and now + life >= bound and now <= tonumber(string.match(meta[3], '^%d+', #doing + 1)) then
    redis.call('ZADD', KEYS[2], 'GT', now + life, tab)
    local claiming = string.sub(doing, 3, 3) == '1'
    if ARGV[4] == meta[1] and not (claiming and meta[7]) then
      local place, detail = -1, ''
      if claiming and meta[5] == tab then
        place, detail = 0, meta[6]
      elseif claiming then
        local before = '(' .. section .. ' ' .. string.match(meta[3], '%d+$')
        place, detail = redis.call('ZLEXCOUNT', KEYS[4], '[' .. section .. ' ', before), string.sub(meta[5], 17)
      end
      return {0, 0, 0, 0, 0, meta[1], bound, place, detail}
    end
    renewed = true
  end
end

-- include page

due, shard = KEYS[5], KEYS[6]
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
if renewed then
  local place, detail, more = editing(tab, stateOf(tab))
  return answer(0, place, detail, more, snapshot(tonumber(ARGV[3]), ARGV[4]))
end
expire()

local visible, wish, life, text = string.match(doing, '^0(%d)(%d) (%d+) ([^ ]*) ')
local incarnation = tonumber(text)
local user = userOf(tab)
local state = stateOf(tab)
local outcome = 0
local newer = false
if state then
  local known = tonumber(state.incarnation)
  newer = incarnation ~= nil and incarnation ~= known
  if incarnation and known and incarnation < known then
    outcome = 1
  elseif placement ~= '' then
    outcome = tonumber(state.placement) > tonumber(placement) and 1 or 0
  elseif state.leaving == '1' and incarnation and not newer and ARGV[9] == '0' then
    outcome = 1
  elseif state.leaving == '1' or newer or now > tonumber(state.lease)
    or redis.call('HGET', page, 'u' .. user) ~= profile then
    outcome = 3
  end
elseif placement == '' then
  outcome = 2
end

if outcome == 0 then
  if not state then
    state = {visible = visible, claiming = '0', section = '', claim = ''}
    count(user, 1, tonumber(visible), 0)
  elseif state.visible ~= visible then
    state.visible = visible
    count(user, 0, visible == '1' and 1 or -1, 0)
  end
  if redis.call('HGET', page, 'u' .. user) ~= profile then
    redis.call('HSET', page, 'u' .. user, profile)
    changed = true
  end
  if newer then
    excuse(tab, state)
  end
  if section ~= '' or wish ~= '3' then
    go(tab, state, section)
  end
  if wish == '0' then
    excuse(tab, state)
  end
  if wish == '0' and state.claiming == '1' then
    unclaim(tab, state)
  elseif wish == '1' and state.claiming == '0' then
    claim(tab, state)
  end
  if ARGV[12] then
    local shown = tonumber(redis.call('ZSCORE', untils, ending(tab)))
    if not shown then
      count(user, 0, 0, 1)
    end
    if not shown or now >= shown - ARGV[12] + ARGV[13] then
      redis.call('ZADD', untils, now + ARGV[12], ending(tab))
    end
  end
  if placement ~= '' then
    state.lease, state.placement, state.incarnation = ARGV[10], placement, text
  end
  state.leaving, state.life, state.seen = '0', life, '0'
  keepState(tab, state)
  redis.call('ZADD', untils, now + life, tab)
  moved = true
end

close()
keepTicket()
local place, detail, more = -1, '', false
if outcome == 0 then
  place, detail, more = editing(tab, state)
end
local shown = false
if outcome < 2 then
  shown = snapshot(tonumber(ARGV[3]), ARGV[4])
end
return answer(outcome, place, detail, more, shown)
