-- Tells what others may see of a page.
--
-- KEYS  1 to 6, ARGV 1 to 4: see page.lua
-- Gives the head and the snapshot, false if the caller has it; the outcome is done.

-- include page/page
-- include page/snapshot

enter()
finish()
return answer('done', snapshot())
