-- Keeps a tab on its page; brings it there once its user's slot has said so.
--
-- KEYS  1 to 6, ARGV 1 to 4: see page.lua
-- ARGV  5 tab
--       6 profile       of its user
--       7 life          how long the tab lives from now on, ms
--       8 flags         three digits: visible, editing, joining; 1 or 0 each, or 2 to leave editing as it is; and a 1 if the tab
--                       is unlisted
--       9 section       '' for the page as a whole, or, if editing is left, for where the tab is
--       10 incarnation  or ''
--       11 trustedUntil what the slot has said, ms, or ''
--       12 move         what the slot has said, or ''
--       13 typing       for how long somebody who types shows, ms; none if nobody types
--       14 pace         for how long they are not heard again, ms; none if nobody types
-- Gives the head, the snapshot or false, and how the tab's claim stands, see standing in claims.lua; an answer may lack
-- both. Outcomes:
--   renewed   it is done
--   late      it comes too late, nothing was done
--   not-here  the tab is not on the page, its slot has to be asked; nothing was done
--   ask-slot  it is, but its slot has to hear of the call first; nothing was done

-- include profile

local tab, profile, life, flags, section, incarnation, trustedUntil, move, typing, pace = unpack(ARGV, 5)
local visible, wish, joining, hides = string.match(flags, '^(.)(.)(.)(.?)$')
local started = tonumber(incarnation)

-- Most calls move a deadline and nothing else; beats.lua is for those that make no claim either.
local renewed = false
local kept = redis.call('HMGET', KEYS[1], 'v', 'b', 't' .. tab, 'u' .. string.sub(tab, 17), 'h' .. section,
  'f' .. section, 'q' .. section)
if kept[3] and move == '' and not typing then
  local version, holder, fence, asked = kept[1], kept[5], kept[6], kept[7]
  local doing, itsLife, known, itsSection, trusted, claim =
    string.match(kept[3], '^(%d+) (%d+) ([^ ]*) ([^ ]*) (%d+) %d+ %d+ ?(%d*)$')
  local now, nextExpiry = tonumber(ARGV[1]), tonumber(kept[2])
  local claiming = string.sub(doing, 3, 3)
  if doing == '0' .. visible .. (wish == '2' and claiming or wish) .. hides and claiming ~= '2' and itsSection == section
    and itsLife == life and covers(kept[4], profile) and (not started or started == tonumber(known))
    and now <= nextExpiry and now + life >= nextExpiry and now <= tonumber(trusted)
    -- TOLERATED_LAG of page.lua.
    and now >= (tonumber(redis.call('HGET', KEYS[6], 'at')) or 0) - 2000 then
    redis.call('ZADD', KEYS[2], 'GT', now + life, tab)
    if ARGV[4] == version and claiming == '0' then
      return {'renewed', 0, 0, 0, 0, version, nextExpiry}
    elseif ARGV[4] == version and not asked then
      local stands
      if holder == tab then
        stands = {'granted', fence, false, section}
      else
        local before = redis.call('ZLEXCOUNT', KEYS[4], '[' .. section .. ' ', '(' .. section .. ' ' .. claim)
        stands = {'waiting', string.sub(holder, 17), false, before}
      end
      return {'renewed', 0, 0, 0, 0, version, nextExpiry, false, false, stands}
    end
    renewed = true
  end
end

-- include page/page
-- include page/snapshot
-- include page/vouch

enter()
local state = stateOf(tab)
if renewed then
  return answer('renewed', snapshot(), state.claiming ~= IDLE and Claims().standing(tab, state))
end

local user = userOf(tab)
local outcome = 'renewed'
local newer = false
if state then
  local known = tonumber(state.incarnation)
  newer = started ~= nil and started ~= known
  if started and known and started < known then
    outcome = 'late'
  elseif move ~= '' then
    outcome = tonumber(state.move) > tonumber(move) and 'late' or 'renewed'
  elseif state.leaving == '1' and started and not newer and joining == '0' then
    outcome = 'late'
  elseif state.leaving == '1' or newer or now > tonumber(state.trustedUntil)
    or not covers(redis.call('HGET', page, 'u' .. user), profile) then
    outcome = 'ask-slot'
  end
elseif move == '' then
  outcome = 'not-here'
end

if outcome == 'renewed' then
  if not state then
    state = {visible = visible, unlisted = hides, shown = hides == '', claiming = IDLE, section = '', claim = ''}
    tabs = tabs + 1
    if hides == '' then
      count(user, 1, tonumber(visible), 0)
    else
      countUnlisted(user, 1)
    end
  else
    if state.visible ~= visible then
      state.visible = visible
      if state.shown then
        count(user, 0, visible == '1' and 1 or -1, 0)
      end
    end
    state.unlisted = hides
  end
  vouchFor(user, profile)
  if newer and state.claiming == HAS_LOST then
    Claims().acknowledgeLoss(tab, state)
  end
  if section ~= '' or wish ~= '2' then
    goToSection(tab, state, section)
  end
  if wish == '0' and state.claiming ~= IDLE then
    Claims().drop(tab, state)
  elseif wish == '1' and state.claiming == IDLE then
    Claims().add(tab, state)
  end
  showOrNot(tab, state)
  if typing and state.shown then
    local shown = tonumber(redis.call('ZSCORE', untils, ending(tab)))
    if not shown then
      count(user, 0, 0, 1)
    end
    if not shown or now >= shown - typing + pace then
      redis.call('ZADD', untils, now + typing, ending(tab))
    end
  end
  if move ~= '' then
    state.trustedUntil, state.move, state.incarnation = trustedUntil, move, incarnation
  end
  state.leaving, state.life, state.renewedAt = '0', life, '0'
  saveState(tab, state)
  redis.call('ZADD', untils, now + life, tab)
  touched = true
end

finish()
if outcome == 'renewed' then
  return answer(outcome, snapshot(), state.claiming ~= IDLE and Claims().standing(tab, state))
end
return answer(outcome, outcome == 'late' and snapshot())
