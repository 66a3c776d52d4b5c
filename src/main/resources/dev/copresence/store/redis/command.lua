-- Does what a tab says about the lease of its page, or of a section of it.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 floor, µs  3 viewers listed at most  4 version that the caller has
--       5 tab  6 what: 'request', 'hand over', 'keep' or 'take over'  7 section, '' for the page's own lease  8 for how many
--       ms a request waits for an answer, or the holder is not asked again
-- Gives the head; if it was done, how the tab's claim stands, see editing, the snapshot, and id and profile of whose tab the
-- lease has gone from, '' for nobody's. If it was refused, id and profile of the holder, '' for nobody, and until when, ms,
-- or 0. Outcomes: 0 done; nothing was done since 1 the tab makes no claim there, 2 it waits, 3 nobody has asked, 4 another
-- tab has asked, 5 the holder is not asked again until then.

-- include page

enter(KEYS[5], KEYS[6])
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
expire()

local tab, what, section = ARGV[5], ARGV[6], ARGV[7]
local state = stateOf(tab)
local queue = queueOf(section)
local claiming = state ~= nil and state.claiming == '1' and state.section == section
local outcome, loser = 0, ''

local function profileOf(user)
  return user == '' and '' or redis.call('HGET', page, 'u' .. user)
end

if not state or not claiming and what ~= 'take over' then
  outcome = 1
elseif what == 'request' then
  if queue.holder ~= tab and queue.asker ~= tab then
    outcome = queue.asker and 4 or queue.ends and 5 or 0
    if outcome == 0 then
      ask(queue, tab, now + ARGV[8] - 1)
      changed = true
    end
  end
elseif what == 'take over' then
  if queue.holder ~= tab then
    go(tab, state, section)
    loser = userOf(queue.holder)
    if loser == '' then
      excuse(tab, state)
      claim(tab, state)
      keepState(tab, state)
    else
      pass(queue, tab, state)
    end
  end
elseif queue.holder ~= tab then
  outcome = 2
elseif not queue.asker then
  outcome = 3
elseif what == 'keep' then
  ask(queue, nil, now + ARGV[8] - 1)
else
  loser = userOf(tab)
  pass(queue, queue.asker, stateOf(queue.asker))
end

close()
keepTicket()
if outcome > 0 then
  local holder = userOf(queue.holder)
  return answer(outcome, holder, profileOf(holder), outcome > 3 and queue.ends or 0)
end
local place, detail, more = editing(tab, stateOf(tab))
return answer(0, place, detail, more, snapshot(tonumber(ARGV[3]), ARGV[4]), loser, profileOf(loser))
