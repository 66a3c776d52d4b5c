-- Places a tab on a page, in the slot of its user. The tab then has to be brought to the page, and taken off its last one.
--
-- KEYS  1 to 3, ARGV 1 to 3: see slot.lua
-- ARGV  4 id
--       5 page
--       6 incarnation  or ''
--       7 joining      1 or 0
--       8 here         whether the page says that the tab is on it, 1 or 0
--       9 profile
--       10 most        tabs of a user at most
--       11 room        whether there is room for another tab in all, 1 or 0
--       12 remembered  how long a leave is remembered, ms
--       13 life        for how many ms the tab will surely live once it is placed
--       14 pace        for how many ms others are shown no third profile after a second
--       15 asked       whether the pages were asked, 1 or 0
--       16...          what they said, see hear
-- Gives the outcome and what it needs:
--   placed         move, trustedUntil, incarnation or '', last page or '', profile, and the pages where that is another one now
--   late           nothing; the call is late
--   ask            id, page and move of each tab: these pages have to be asked first
--   too-many-tabs  nothing; the user has too many
--   no-room        nothing; there is none for anybody

-- include profile
-- include slot/slot

local id, page, incarnation, joining, here, said, most, room, remembered, life, pace, asked = unpack(ARGV, 4, 15)
local started = tonumber(incarnation)
most, here, room, asked = tonumber(most), here == '1', room == '1', asked == '1'
tidy(remembered)
hear(16)
local own = find(id)
if own and own.page == page and not here then
  takeOff(id, own)
  own = find(id)
end
local elsewhere = own ~= nil and own.page ~= nil and own.page ~= page
local known = own and own.incarnation
local late = started and known and started < known
if late and (not elsewhere or own.left or asked or here) then
  return {'late'}
end
if own and own.left == page and joining == '0' and started and started == known then
  return {'late'}
end

local others = redis.call('ZCARD', placed)
if own and own.page or others >= most and redis.call('ZSCORE', placed, id) then
  -- Its own entry may still be there when what it says has had its time.
  others = others - 1
end
if not here and not asked then
  local answer = {'ask'}
  local function ask(one, tab)
    answer[#answer + 1] = one
    answer[#answer + 1] = tab.page
    answer[#answer + 1] = tab.move
  end
  if others >= most then
    local unsure = {}
    for _, other in ipairs(redis.call('ZRANGEBYSCORE', placed, '-inf', '(' .. nowText, 'LIMIT', 0, FEW)) do
      local tab = other ~= id and load(other)
      if tab and tab.page then
        unsure[other] = tab
      elseif tab then
        others = others - 1
        save(other, tab)
      end
    end
    if others >= most then
      for other, tab in pairs(unsure) do
        ask(other, tab)
        -- Whoever calls meanwhile asks others.
        redis.call('ZADD', placed, 'XX', now + 2000, other)
      end
    end
  end
  if elsewhere and (others >= most or not room or late or not started and known and not own.left) then
    ask(id, own)
  end
  if #answer > 1 then
    return answer
  end
end
if not here and not elsewhere then
  if others >= most then
    return {'too-many-tabs'}
  elseif not room then
    return {'no-room'}
  end
end

local kept = redis.call('HMGET', slot, 'p', 'r')
local profile = both(kept[1], said)
local renamed = kept[1] and shownOf(kept[1]) ~= shownOf(profile) and (here or elsewhere or others > 0)
if renamed and kept[2] and now < kept[2] + pace then
  profile, renamed = kept[1], false
end
local move = string.format('%.0f', nextMove())
local text = started and incarnation or own and own.text or '-'
local answer = {'placed', move, now + trust, text == '-' and '' or text, elsewhere and own.page or '', profile}
if renamed then
  redis.call('HSET', slot, 'r', nowText)
  local named = {[page] = true}
  for _, other in ipairs(redis.call('ZRANGE', placed, 0, -1)) do
    local tab = other ~= id and load(other)
    if tab and tab.page and not named[tab.page] then
      named[tab.page] = true
      answer[#answer + 1] = tab.page
    end
  end
end
redis.call('HSET', slot, 'n', move, 'p', profile)
redis.call('ZADD', placed, now + life, id)
local left = own and own.left ~= page and (not started or started == known) and own.left or nil
save(id, {move = move, trustedUntil = now + trust, text = text, page = page, left = left, till = left and own.till or 0})
return answer
