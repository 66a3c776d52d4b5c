-- Tells when a tab was last renewed on a page.
--
-- KEYS  1 to 6, ARGV 1 to 4: see page.lua
-- ARGV  5 tab
-- Gives the head, and that time and the last ms of its life as things stand, both in ms, if it is here. Outcomes:
--   here
--   not-here

-- include page/page

local tab = ARGV[5]

enter()
local state = stateOf(tab)
local ends = state and tonumber(redis.call('ZSCORE', untils, tab))
finish()

if not state then
  return answer('not-here')
end
return answer('here', state.leaving == '1' and tonumber(state.renewedAt) or ends - state.life, ends)
