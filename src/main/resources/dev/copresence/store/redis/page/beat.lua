-- Moves the deadline of a tab that makes no claim, if that is all there is to do: what most calls are.
--
-- KEYS  1 page      of the page, see page.lua, as is the next; the shard's name is made of theirs, since each argument costs
--       2 until
-- ARGV  1 now       the time of the call, ms
--       2 deadline  the last ms of the tab's life, ms
--       3 known     the version that the caller has
--       4 tab
--       5 record    what the tab's record begins with, up to trustedUntil
--       6 standing  how much name and picture count that the caller knows, see profile.lua
-- Gives nextExpiry, or nothing if there is more to do; then nothing was done. Arguments cost most of the time here, so there
-- are few.

local deadline, known, tab, record, standing = unpack(ARGV, 2)
local kept = redis.call('HMGET', KEYS[1], 'v', 'b', 't' .. tab, 'u' .. string.sub(tab, 17))
local version, nextExpiry, state, profile = unpack(kept)
if version ~= known or not state then
  return false
end
local length = #standing
if string.sub(profile, 1, length + 1) ~= standing .. '\n' then
  local names, pictures = string.match(profile, '^(%w+) ?(%w*)')
  pictures = pictures == '' and names or pictures
  if names < string.sub(standing, 1, 7) or pictures < string.sub(standing, length - 6) then
    return false
  end
end
local now = tonumber(ARGV[1])
nextExpiry = tonumber(nextExpiry)
if string.sub(state, 1, #record) ~= record or now > nextExpiry or tonumber(deadline) < nextExpiry
  or now > tonumber(string.match(state, '^%d+', #record + 1))
  -- TOLERATED_LAG of page.lua.
  or now < (tonumber(redis.call('HGET', string.sub(KEYS[1], 1, 16) .. 'shard', 'at')) or 0) - 2000 then
  return false
end
redis.call('ZADD', KEYS[2], 'GT', deadline, tab)
return nextExpiry
