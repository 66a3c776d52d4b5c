-- Remembers in the slot of its user that a tab has left a page, so that a late heartbeat cannot undo it.
--
-- KEYS  1 slot of the user  2 placed  3 left    see slot.lua
-- ARGV  1 now, ms  2 keep, ms  3 length of a lease, ms  4 tab's id  5 page  6 incarnation or ''  7 what the page said, an
--       outcome of leave.lua from 1 on  8 placement that the page knew  9 how long a leave is remembered, ms  10 tabs of a
--       user at most  11 whether the pages were asked, 1 or 0  12... what they said, see hear
-- Gives the outcome and: 0 nothing more; 2 ask this page first: id, page and placement of the tab.

-- include slot

local id, page, outcome = ARGV[4], ARGV[5], tonumber(ARGV[7])
local given, till, most = tonumber(ARGV[6]), now + tonumber(ARGV[9]), tonumber(ARGV[10])
tidy(ARGV[9])
hear(12)
local own = find(id)
if outcome > 1 then
  if own and own.placement ~= ARGV[8] then
    return {0}
  end
  own = own or {placement = ARGV[8], lease = 0, text = '-', till = 0}
  if given then
    own.text = ARGV[6]
  end
  if outcome == 2 then
    own.page = nil
  elseif outcome == 3 then
    -- It ends sooner than was known.
    redis.call('ZADD', placed, 'XX', now - 1, id)
  end
  if outcome < 4 and own.text ~= '-' then
    rememberLeave(id, own, page, till, most)
  end
  save(id, own)
  return {0}
end

if own and own.page == page then
  offPage(id, own)
  own = find(id)
end
if own and own.page then
  if ARGV[11] == '0' then
    return {2, id, own.page, own.placement}
  end
  return {0}
end
if own and given and own.incarnation and given < own.incarnation or not own and not given then
  return {0}
end
own = own or {placement = '0', lease = 0, text = '-'}
if given then
  own.text = ARGV[6]
end
rememberLeave(id, own, page, till, most)
save(id, own)
return {0}
