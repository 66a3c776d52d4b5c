-- Takes a tab off the page that it was on before its user's slot has placed it on another.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 floor, µs  3, 4 not used  5 tab  6 placement on the other page
-- Gives the head; the outcome is 0.

-- include page

enter(KEYS[5], KEYS[6])
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
expire()

local state = stateOf(ARGV[5])
if state and tonumber(state.placement) < tonumber(ARGV[6]) then
  depart(ARGV[5], state)
end

close()
keepTicket()
return answer(0)
