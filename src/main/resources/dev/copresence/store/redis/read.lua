-- What others may see of a page.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 floor, µs  3 viewers listed at most  4 version that the caller has
-- Gives the head and the snapshot; the outcome is 0.

-- include page

enter(KEYS[5], KEYS[6])
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
expire()
close()
keepTicket()
return answer(0, snapshot(tonumber(ARGV[3]), ARGV[4]))
