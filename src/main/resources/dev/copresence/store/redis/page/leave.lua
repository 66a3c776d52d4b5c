-- Ends a tab's presence on a page, at once or after a grace.
--
-- KEYS  1 to 6, ARGV 1 to 4: see page.lua
-- ARGV  5 tab
--       6 incarnation  or ''
--       7 grace        how long the tab stays as it is, ms; 0 for at once
-- Gives the head, the tab's move, see slot.lua, 0 for none, and its incarnation or ''. Outcomes:
--   left         the tab is here no more
--   leaving      it will not be, after the grace
--   was-leaving  the same, and that was known
--   not-here     it was not on the page
--   late         an older document has called, nothing was done

-- include page/page

local tab, incarnation, grace = unpack(ARGV, 5)

enter()
local state = stateOf(tab)
local outcome, move = 'not-here', '0'
if state then
  local given, known = tonumber(incarnation), tonumber(state.incarnation)
  move = state.move
  if incarnation == '' then
    incarnation = state.incarnation
  end
  if given and known and given < known then
    outcome = 'late'
  elseif grace == '0' then
    outcome = 'left'
    removeTab(tab, state)
  else
    outcome = state.leaving == '1' and 'was-leaving' or 'leaving'
    if outcome == 'leaving' then
      local deadline = tonumber(redis.call('ZSCORE', untils, tab))
      state.leaving, state.renewedAt = '1', string.format('%.0f', deadline - state.life)
      redis.call('ZADD', untils, math.min(deadline, now + grace), tab)
      touched = true
    end
    state.incarnation = incarnation
    saveState(tab, state)
  end
end
finish()
return answer(outcome, move, incarnation)
