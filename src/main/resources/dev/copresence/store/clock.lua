-- Agrees with the other instances on a time that no step of anybody's wall clock moves.
--
-- KEYS  1 offset: that time less the time of this server, in ms; vanishes ARGV[4] ms after the last call
-- ARGV  1 the caller's time, ms  2 whether the caller has agreed before, 1 or 0; if not it takes the time that there is,
--       this server's if there is none  3 by how much one call corrects at most, ms  4 how long the offset is kept, ms
-- Gives the caller's time from now on and the time of this server, both in ms.

local time = redis.call('TIME')
local server = time[1] * 1000 + math.floor(time[2] / 1000)
local offset = tonumber(redis.call('GET', KEYS[1]))
local agreed = server + (offset or 0)
if ARGV[2] == '1' then
  local own, most = tonumber(ARGV[1]), tonumber(ARGV[3])
  agreed = offset and math.max(own - most, math.min(own + most, agreed)) or own
end
redis.call('SET', KEYS[1], string.format('%.0f', agreed - server), 'PX', ARGV[4])
return {agreed, server}
