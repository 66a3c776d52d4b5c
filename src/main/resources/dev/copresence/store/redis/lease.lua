-- Who holds the lease of a page, or of a section of it.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 floor, µs  3, 4 not used  5 section, '' for the page's own lease
-- Gives the head, and fence, id and profile of the holder if there is one. Outcomes: 0 there is none; 1 there is.

-- include page

enter(KEYS[5], KEYS[6])
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
expire()
local queue = tabs > 0 and queueOf(ARGV[5])
close()
keepTicket()

if not queue or queue.holder == '' then
  return answer(0)
end
local holder = userOf(queue.holder)
return answer(1, queue.fence, holder, redis.call('HGET', page, 'u' .. holder))
