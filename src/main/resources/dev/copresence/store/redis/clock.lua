-- Agrees with the other instances on the format of what is kept, and on a time that no step of anybody's wall clock moves.
--
-- KEYS  1 agreed     the agreed time, a hash; vanishes some time after the last call
--         time    the highest that an instance has come with, ms       server  the time of this server then, ms
--         wall    the wall clock of that instance then, ms             lead    by how much tickets are ahead, see page.lua
--       2 format   the number of the format of all that is kept here, as long
-- ARGV  1 own        the caller's time, ms
--       2 gone       for how long the caller has gone by itself since it agreed, ms, or '' if it never has: it then takes the
--                    time that there is
--       3 wall       the caller's wall clock, ms
--       4 lead       by how many µs, as far as it knows, tickets are ahead
--       5 tolerated  by how many ms a caller may be behind before it comes forward at once
--       6 retention  how long this is kept, ms
--       7 format     the number of the caller's
-- If the format is another one nothing is done, and the error says which: "FORMAT number". Gives the time that the caller should have had, and that of this server, both in ms, and by how much tickets are ahead.
--
-- The time of a caller never has to fall: whoever is behind comes forward. How much time has passed since the last call is
-- taken from this server's clock while that is possible; a clock that was set says more than the caller has gone since it was
-- here, or less than nothing. Then the agreed time is as good as the caller's, if that is not lower.

local SLACK = 100

local agreedKey, formatKey = unpack(KEYS)
local own, gone, wall, lead, tolerated, retention, format = unpack(ARGV)
local found = redis.call('GET', formatKey)
if found and found ~= format then
  return redis.error_reply('FORMAT ' .. found)
end
redis.call('SET', formatKey, format, 'PX', retention)
own, gone, lead = tonumber(own), tonumber(gone), tonumber(lead)

local now = redis.call('TIME')
local server = now[1] * 1000 + math.floor(now[2] / 1000)
local kept = redis.call('HMGET', agreedKey, 'time', 'server', 'wall', 'lead')
local time = tonumber(kept[1])
local passed = time and server - kept[2]
lead = math.max(lead, tonumber(kept[4]) or 0)

local agreed, entry
if not gone then
  -- Of the server's clock and the caller's wall clock one may have been set; the lower one drops nobody.
  agreed = time and time + math.max(0, math.min(passed, wall - kept[3])) or math.max(server, tonumber(wall))
  entry = agreed
elseif not time then
  agreed, entry = own, own
elseif passed >= 0 and passed <= gone + SLACK then
  agreed = time + passed
  entry = agreed - own <= tonumber(tolerated) and own
else
  agreed = math.max(own, time)
  entry = own >= time and own
end
if entry then
  redis.call('HSET', agreedKey, 'time', string.format('%.0f', entry), 'server', server, 'wall', wall)
end
redis.call('HSET', agreedKey, 'lead', string.format('%.0f', lead))
redis.call('PEXPIRE', agreedKey, retention)
return {agreed, server, lead}
