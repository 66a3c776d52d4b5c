-- Moves the deadlines of tabs that make no claim, of each if that is all there is to do: what most calls are. One script for
-- several of them costs less than as many scripts do.
--
-- KEYS  of each call its page, see page.lua; on a cluster all are of one shard. Other names are made of it, since each argument
--       costs time
-- ARGV  of each call five:
--         now       the time of the call, ms
--         known     the version that the caller has
--         tab
--         record    what the tab's record begins with, up to trustedUntil
--         standing  how much name and picture count that the caller knows, as a profile begins, see profile.lua
-- Gives for each call nextExpiry, or 0 if there is more to do; then nothing was done for it.

local call, find, sub, match = redis.call, string.find, string.sub, string.match
local latest = {} -- the latest time of a caller that a shard knows of

local function latestOf(shard)
  if not latest[shard] then
    latest[shard] = tonumber(call('HGET', shard .. 'shard', 'at')) or 0
  end
  return latest[shard]
end

local function beat(page, nowText, known, tab, record, standing)
  local kept = call('HMGET', page, 'v', 'b', 't' .. tab, 'u' .. sub(tab, 17))
  local version, nextExpiry, state, profile = kept[1], tonumber(kept[2]), kept[3], kept[4]
  if version ~= known or not state then
    return 0
  end
  if find(profile, standing, 1, true) ~= 1 then
    local names, pictures = match(profile, '^(%w+) ?(%w*)')
    pictures = pictures == '' and names or pictures
    if names < sub(standing, 1, 7) or pictures < sub(standing, -8, -2) then
      return 0
    end
  end
  local now, shard = tonumber(nowText), sub(page, 1, 16)
  local deadline = now + match(record, ' (%d+)')
  if find(state, record, 1, true) ~= 1 or now > nextExpiry or deadline < nextExpiry
    or now > tonumber(match(state, '^%d+', #record + 1))
    -- TOLERATED_LAG of page.lua.
    or now < latestOf(shard) - 2000 then
    return 0
  end
  call('ZADD', shard .. 'until' .. sub(page, 21), 'GT', deadline, tab)
  return nextExpiry
end

local answers = {}
for i, page in ipairs(KEYS) do
  answers[i] = beat(page, unpack(ARGV, 5 * i - 4, 5 * i))
end
return answers
