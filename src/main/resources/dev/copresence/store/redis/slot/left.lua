-- Remembers in the slot of its user that a tab has left a page, so that a late heartbeat cannot undo it.
--
-- KEYS  1 to 3, ARGV 1 to 3: see slot.lua
-- ARGV  4 id
--       5 page
--       6 incarnation  or ''
--       7 outcome      what the page said, of leave.lua: left, leaving, was-leaving or not-here
--       8 move         the one that the page knew
--       9 remembered   how long a leave is remembered, ms
--       10 most        tabs of a user at most
--       11 asked       whether the pages were asked, 1 or 0
--       12...          what they said, see hear
-- Gives the outcome and what it needs:
--   done  nothing
--   ask   id, page and move of the tab: this page has to be asked first

-- include slot/slot

local id, page, incarnation, outcome, move, remembered, most, asked = unpack(ARGV, 4, 11)
local started, till = tonumber(incarnation), now + tonumber(remembered)
most = tonumber(most)
tidy(remembered)
hear(12)
local own = find(id)
if outcome ~= 'not-here' then
  if own and own.move ~= move then
    return {'done'}
  end
  own = own or {move = move, trustedUntil = 0, text = '-', till = 0}
  if started then
    own.text = incarnation
  end
  if outcome == 'left' then
    own.page = nil
  elseif outcome == 'leaving' then
    -- It ends sooner than was known.
    redis.call('ZADD', placed, 'XX', now - 1, id)
  end
  if outcome ~= 'was-leaving' and own.text ~= '-' then
    rememberLeave(id, own, page, till, most)
  end
  save(id, own)
  return {'done'}
end

if own and own.page == page then
  takeOff(id, own)
  own = find(id)
end
if own and own.page then
  if asked == '0' then
    return {'ask', id, own.page, own.move}
  end
  return {'done'}
end
if own and started and own.incarnation and started < own.incarnation or not own and not started then
  return {'done'}
end
own = own or {move = '0', trustedUntil = 0, text = '-'}
if started then
  own.text = incarnation
end
rememberLeave(id, own, page, till, most)
save(id, own)
return {'done'}
