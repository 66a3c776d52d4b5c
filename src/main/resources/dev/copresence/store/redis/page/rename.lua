-- Shows what is known of a user on a page where they are.
--
-- KEYS  1 to 6, ARGV 1 to 4: see page.lua
-- ARGV  5 user
--       6 profile
-- Gives the head; the outcome is done.

-- include profile
-- include page/page
-- include page/vouch

local user, profile = unpack(ARGV, 5)

enter()
if redis.call('HEXISTS', page, 'u' .. user) == 1 then
  vouchFor(user, profile)
end
finish()
return answer('done')
