-- Does what a tab says about the lease of its page, or of a section of it.
--
-- KEYS  1 to 6, ARGV 1 to 4: see page.lua
-- ARGV  5 tab
--       6 command  request, hand-over, keep or take-over
--       7 section  '' for the page's own lease
--       8 lasts    for how long a request or a take-over waits for an answer, or the holder is not asked again, ms
-- Gives, if it is done, the head, the snapshot or false, how the tab's claim stands, see standing in claims.lua, and id and
-- profile of whose tab the lease has gone from, '' for nobody's. If it is refused it gives the head, false, id and profile of
-- the holder, '' for nobody, and until when, ms, or 0. Outcomes, all but the first two being refusals:
--   done
--   yielded             the same, and what was handed over was being taken over
--   no-claim            the tab makes no claim there
--   not-editor          its claim waits
--   not-requested       nobody has asked
--   requested-by-other  another tab has asked
--   editor-keeps        the holder is not asked again until then
--   must-yield          the holder cannot keep what is being taken over

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
      Claims().ask(queue, tab, false, now + lasts - 1)
    end
  end
elseif command == 'take-over' then
  if queue.firm and lasts ~= '0' then
    if queue.asker ~= tab and queue.holder ~= tab then
      outcome = 'requested-by-other'
    end
  elseif queue.holder ~= tab then
    goToSection(tab, state, section)
    if queue.holder ~= '' and lasts == '0' then
      loser = userOf(queue.holder)
      -- Else a take-over of this tab, which has given the holder time until now, would count as one that was done.
      Claims().endRequest(queue)
      Claims().pass(queue, tab, state)
    else
      local free = queue.holder == ''
      Claims().acknowledgeLoss(tab, state)
      if state.claiming ~= CLAIMS then
        Claims().add(tab, state)
        showOrNot(tab, state)
        saveState(tab, state)
      end
      if not free then
        Claims().ask(queue, tab, true, now + lasts - 1)
      end
    end
  end
elseif queue.holder ~= tab then
  outcome = 'not-editor'
elseif not queue.asker then
  outcome = 'not-requested'
elseif command == 'keep' then
  if queue.firm then
    outcome = 'must-yield'
  else
    Claims().keep(queue, now + lasts - 1)
  end
else
  outcome, loser = queue.firm and 'yielded' or 'done', userOf(tab)
  Claims().pass(queue, queue.asker, stateOf(queue.asker))
end

finish()
if outcome == 'done' or outcome == 'yielded' then
  return answer(outcome, snapshot(), Claims().standing(tab, stateOf(tab)), loser, profileOf(loser))
end
local holder = userOf(queue.holder)
local isAsked = outcome == 'requested-by-other' or outcome == 'editor-keeps'
return answer(outcome, false, holder, profileOf(holder), isAsked and queue.ends or 0)
