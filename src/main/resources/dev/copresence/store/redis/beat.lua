-- Moves the deadline of a tab that makes no claim, if that is all there is to do: what most calls are.
--
-- KEYS  1 page  2 until    of the page, see page.lua; the shard's name is made of theirs, since each argument costs
-- ARGV  1 now, ms  2 deadline, ms  3 version that the caller has  4 tab  5 what its record begins with, up to the lease
--       6 how much name and picture count that the caller knows, see profile.lua
-- Gives b, or nothing if there is more to do; then nothing was done. Arguments cost most of the time here, so there are few.

local page = redis.call('HMGET', KEYS[1], 'v', 'b', 't' .. ARGV[4], 'u' .. string.sub(ARGV[4], 17))
if page[1] ~= ARGV[3] or not page[3] then
  return false
end
local standing = #ARGV[6]
if string.sub(page[4], 1, standing + 1) ~= ARGV[6] .. '\n' then
  local names, pictures = string.match(page[4], '^(%w+) ?(%w*)')
  pictures = pictures == '' and names or pictures
  if names < string.sub(ARGV[6], 1, 7) or pictures < string.sub(ARGV[6], standing - 6) then
    return false
  end
end
local length = #ARGV[5]
local now, deadline, bound = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(page[2])
if string.sub(page[3], 1, length) ~= ARGV[5] or now > bound or deadline < bound
  or now > tonumber(string.match(page[3], '^%d+', length + 1))
  or now < (tonumber(redis.call('HGET', string.sub(KEYS[1], 1, 16) .. 'shard', 'at')) or 0) - 2000 then
  return false
end
redis.call('ZADD', KEYS[2], 'GT', ARGV[2], ARGV[4])
return bound
