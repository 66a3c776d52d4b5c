-- When a tab was last renewed on a page.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 floor, µs  3, 4 not used  5 tab
-- Gives the head, that time and the last ms of its life as things stand, both in ms, 0 if the outcome is. Outcomes: 0 the
-- tab is not here; 1 it is.

-- include page

enter(KEYS[5], KEYS[6])
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
expire()

local state = stateOf(ARGV[5])
local at, ends = 0, 0
if state then
  ends = tonumber(redis.call('ZSCORE', untils, ARGV[5]))
  at = state.leaving == '1' and tonumber(state.seen) or ends - state.life
end

close()
keepTicket()
return answer(state and 1 or 0, at, ends)
