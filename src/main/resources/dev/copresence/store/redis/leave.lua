-- Ends a tab's presence on a page, at once or after a grace.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 floor, µs  3, 4 not used  5 tab  6 incarnation or ''  7 grace, ms; 0 for at once
-- Gives the head, the tab's placement and its incarnation. Outcomes: 0 the call is late, nothing was done; 1 the tab is
-- not here; 2 it has departed; 3 it is leaving; 4 it was leaving already.

-- include page

enter(KEYS[5], KEYS[6])
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
expire()

local tab, grace = ARGV[5], tonumber(ARGV[7])
local state = stateOf(tab)
local outcome, placed, incarnation = 1, '0', ARGV[6]
if state then
  local known = state.incarnation
  placed = state.placement
  if incarnation == '' then
    incarnation = known
  end
  if tonumber(incarnation) and tonumber(known) and tonumber(incarnation) < tonumber(known) then
    outcome = 0
  elseif grace == 0 then
    outcome = 2
    depart(tab, state)
  else
    outcome = state.leaving == '1' and 4 or 3
    if outcome == 3 then
      local deadline = tonumber(redis.call('ZSCORE', untils, tab))
      state.leaving, state.seen = '1', string.format('%.0f', deadline - state.life)
      redis.call('ZADD', untils, math.min(deadline, now + grace), tab)
      moved = true
    end
    state.incarnation = incarnation
    keepState(tab, state)
  end
end

close()
keepTicket()
return answer(outcome, placed, incarnation)
