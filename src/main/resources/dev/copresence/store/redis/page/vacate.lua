-- Takes a tab off the page that it was on before its user's slot has moved it to another.
--
-- KEYS  1 to 6, ARGV 1 to 4: see page.lua
-- ARGV  5 tab
--       6 move  the one to the other page, see slot.lua
-- Gives the head; the outcome is done.

-- include page/page

local tab, move = unpack(ARGV, 5)

enter()
local state = stateOf(tab)
if state and tonumber(state.move) < tonumber(move) then
  removeTab(tab, state)
end
finish()
return answer('done')
