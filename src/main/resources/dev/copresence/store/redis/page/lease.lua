-- Tells who holds the lease of a page, or of a section of it.
--
-- KEYS  1 to 6, ARGV 1 to 4: see page.lua
-- ARGV  5 section  '' for the page's own lease
-- Gives the head, and fence, id and profile of the holder if there is one. Outcomes:
--   held
--   free

-- include page/page

enter()
local queue = tabs > 0 and queueOf(ARGV[5])
finish()

if not queue or queue.holder == '' then
  return answer('free')
end
local holder = userOf(queue.holder)
return answer('held', queue.fence, holder, redis.call('HGET', page, 'u' .. holder))
