-- Shows what is known of a user on a page where they are.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 floor, µs  3, 4 not used  5 user  6 profile
-- Gives the head; the outcome is 0.

-- include profile
-- include page
-- include vouch

enter(KEYS[5], KEYS[6])
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
expire()

if redis.call('HEXISTS', page, 'u' .. ARGV[5]) == 1 then
  vouchFor(ARGV[5], ARGV[6])
end

close()
keepTicket()
return answer(0)
