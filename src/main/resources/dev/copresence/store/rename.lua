-- Shows what was last vouched for of a user on a page where they are.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 floor, µs  3, 4 not used  5 user  6 profile
-- Gives the head; the outcome is 0.

-- include page

enter(KEYS[5], KEYS[6])
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
expire()

local profile = redis.call('HGET', page, 'u' .. ARGV[5])
if profile and profile ~= ARGV[6] then
  redis.call('HSET', page, 'u' .. ARGV[5], ARGV[6])
  changed = true
end

close()
keepTicket()
return answer(0)
