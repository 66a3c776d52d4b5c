-- Keeps a tab on its page; places it there once its user's slot has said so.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 floor, µs  3 viewers listed at most  4 version that the caller has
--       5 tab  6 profile  7 life, ms  8 three digits: visible, editing, joining; 1 or 0 each, or 2 to leave editing
--       9 section, '' for the page as a whole, or, if editing is left, for where the tab is  10 incarnation or ''
--       11 lease, ms, and  12 placement: what the slot has said, or ''
--       13 for how many ms somebody who types shows  14 for how many they are not heard again; none if nobody types
-- Gives the head, how the tab's claim stands, see editing, and the snapshot; an answer without the latter may end before
-- what few claims have. Outcomes: 0 done; 1 it is late, nothing was done; 2 the tab is not here, 3 it is and the slot has to
-- hear of it first; in both nothing was done.

-- include profile

local tab, profile, placement = ARGV[5], ARGV[6], ARGV[12]
local incarnation = tonumber(ARGV[10])
local visible, wish = string.sub(ARGV[8], 1, 1), string.sub(ARGV[8], 2, 2)

-- Most calls move a deadline and nothing else; beat.lua is for those that make no claim either.
local renewed = false
local meta = redis.call('HMGET', KEYS[1], 'v', 'b', 't' .. tab, 'u' .. string.sub(tab, 17), 'h' .. ARGV[9],
  'f' .. ARGV[9], 'q' .. ARGV[9])
if meta[3] and placement == '' and not ARGV[13] then
  local doing, life, known, section, lease, claim =
    string.match(meta[3], '^(%d+) (%d+) ([^ ]*) ([^ ]*) (%d+) %d+ %d+ ?(%d*)$')
  local now, bound = tonumber(ARGV[1]), tonumber(meta[2])
  local claiming = string.sub(doing, 3)
  if doing == '0' .. visible .. (wish == '2' and claiming or wish) and claiming ~= '2' and section == ARGV[9]
    and life == ARGV[7] and covers(meta[4], profile) and (not incarnation or incarnation == tonumber(known))
    and now <= bound and now + life >= bound and now <= tonumber(lease)
    and now >= (tonumber(redis.call('HGET', KEYS[6], 'at')) or 0) - 2000 then
    redis.call('ZADD', KEYS[2], 'GT', now + life, tab)
    if ARGV[4] == meta[1] and (claiming == '0' or not meta[7]) then
      local place, detail = -1, ''
      if claiming == '1' then
        place, detail = 0, meta[6]
        if meta[5] ~= tab then
          place = redis.call('ZLEXCOUNT', KEYS[4], '[' .. section .. ' ', '(' .. section .. ' ' .. claim)
          detail = string.sub(meta[5], 17)
        end
      end
      return {0, 0, 0, 0, 0, meta[1], bound, place, detail}
    end
    renewed = true
  end
end

-- include page
-- include vouch

enter(KEYS[5], KEYS[6])
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
if renewed then
  local place, detail, more = editing(tab, stateOf(tab))
  return answer(0, place, detail, more, snapshot(tonumber(ARGV[3]), ARGV[4]))
end
expire()

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
  elseif state.leaving == '1' and incarnation and not newer and string.sub(ARGV[8], 3) == '0' then
    outcome = 1
  elseif state.leaving == '1' or newer or now > tonumber(state.lease)
    or not covers(redis.call('HGET', page, 'u' .. user), profile) then
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
  vouchFor(user, profile)
  if newer then
    excuse(tab, state)
  end
  if ARGV[9] ~= '' or wish ~= '2' then
    go(tab, state, ARGV[9])
  end
  if wish == '0' then
    excuse(tab, state)
  end
  if wish == '0' and state.claiming == '1' then
    unclaim(tab, state)
  elseif wish == '1' and state.claiming == '0' then
    claim(tab, state)
  end
  if ARGV[13] then
    local shown = tonumber(redis.call('ZSCORE', untils, ending(tab)))
    if not shown then
      count(user, 0, 0, 1)
    end
    if not shown or now >= shown - ARGV[13] + ARGV[14] then
      redis.call('ZADD', untils, now + ARGV[13], ending(tab))
    end
  end
  if placement ~= '' then
    state.lease, state.placement, state.incarnation = ARGV[11], placement, ARGV[10]
  end
  state.leaving, state.life, state.seen = '0', ARGV[7], '0'
  keepState(tab, state)
  redis.call('ZADD', untils, now + tonumber(ARGV[7]), tab)
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
