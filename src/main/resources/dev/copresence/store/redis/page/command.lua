-- Does what a tab says about the lease of its page, or of a section of it.
--
-- KEYS  1 to 6, ARGV 1 to 4: see page.lua
-- ARGV  5 tab
--       6 command  request, hand-over, keep or take-over
--       7 section  '' for the page's own lease
--       8 lasts    for how long a request waits for an answer, or the holder is not asked again, ms
-- Gives, if it is done, the head, the snapshot or false, how the tab's claim stands, see standing in claims.lua, and id and
-- profile of whose tab the lease has gone from, '' for nobody's. If it is refused it gives the head, false, id and profile of
-- the holder, '' for nobody, and until when, ms, or 0. Outcomes, all but the first being refusals:
--   done
--   no-claim            the tab makes no claim there
--   not-editor          its claim waits
--   not-requested       nobody has asked
--   requested-by-other  another tab has asked
--   editor-keeps        the holder is not asked again until then

-- include page/page
-- include page/snapshot

local tab, command, section, lasts = unpack(ARGV, 5)

local function profileOf(user)
  return user == '' and '' or redis.call('HGET', page, 'u' .. user)
end

enter()
local state = stateOf(tab)
local queue = queueOf(section)
local claiming = state ~= nil and state.claiming == CLAIMS and state.section == section
local outcome, loser = 'done', ''

if not state or not claiming and command ~= 'take-over' then
  outcome = 'no-claim'
elseif command == 'request' then
  if queue.holder ~= tab and queue.asker ~= tab then
    if queue.asker then
      outcome = 'requested-by-other'
    elseif queue.ends then
      outcome = 'editor-keeps'
    else
      Claims().ask(queue, tab, now + lasts - 1)
    end
  end
elseif command == 'take-over' then
  if queue.holder ~= tab then
    goToSection(tab, state, section)
    loser = userOf(queue.holder)
    if loser == '' then
      Claims().acknowledgeLoss(tab, state)
      Claims().add(tab, state)
      showOrNot(tab, state)
      saveState(tab, state)
    else
      Claims().pass(queue, tab, state)
    end
  end
elseif queue.holder ~= tab then
  outcome = 'not-editor'
elseif not queue.asker then
  outcome = 'not-requested'
elseif command == 'keep' then
  Claims().keep(queue, now + lasts - 1)
else
  loser = userOf(tab)
  Claims().pass(queue, queue.asker, stateOf(queue.asker))
end

finish()
if outcome == 'done' then
  return answer(outcome, snapshot(), Claims().standing(tab, stateOf(tab)), loser, profileOf(loser))
end
local holder = userOf(queue.holder)
local isAsked = outcome == 'requested-by-other' or outcome == 'editor-keeps'
return answer(outcome, false, holder, profileOf(holder), isAsked and queue.ends or 0)
