-- Places a tab on a page, in the slot of its user. The tab then has to be brought to the page, and taken off its last one.
--
-- KEYS  1 slot of the user  2 placed  3 left    see slot.lua
-- ARGV  1 now, ms  2 keep, ms  3 length of a lease, ms  4 tab's id  5 page  6 incarnation or ''  7 joining, 1 or 0
--       8 whether the page says that the tab is on it, 1 or 0  9 profile  10 tabs of a user at most  11 whether there is
--       room for another tab in all, 1 or 0  12 how long a leave is remembered, ms  13 for how many ms the tab will surely
--       live once it is placed  14 for how many ms others are shown no third profile after a second  15 whether the pages
--       were asked, 1 or 0  16... what they said, see hear
-- Gives the outcome and: 0 placed: placement, lease, incarnation or '', last page or '', profile, pages where that is another
-- one now; 1 the call is late; 2 ask these pages first: id, page and placement of each tab; 3 the user has too many tabs;
-- 4 there is no room.

-- include profile
-- include slot

local id, page, here, asked = ARGV[4], ARGV[5], ARGV[8] == '1', ARGV[15] == '1'
local given, most = tonumber(ARGV[6]), tonumber(ARGV[10])
tidy(ARGV[12])
hear(16)
local own = find(id)
if own and own.page == page and not here then
  offPage(id, own)
  own = find(id)
end
local elsewhere = own ~= nil and own.page ~= nil and own.page ~= page
local known = own and own.incarnation
local late = given and known and given < known
if late and (not elsewhere or own.left or asked or here) then
  return {1}
end
if own and own.left == page and ARGV[7] == '0' and given and given == known then
  return {1}
end

local others = redis.call('ZCARD', placed) - (own and own.page and 1 or 0)
local room = ARGV[11] == '1'
if not here and not asked then
  local answer = {2}
  local function ask(one, tab)
    answer[#answer + 1] = one
    answer[#answer + 1] = tab.page
    answer[#answer + 1] = tab.placement
  end
  if others >= most then
    local unsure = {}
    for _, other in ipairs(redis.call('ZRANGEBYSCORE', placed, '-inf', '(' .. now, 'LIMIT', 0, FEW)) do
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
  if elsewhere and (others >= most or not room or late or not given and known and not own.left) then
    ask(id, own)
  end
  if #answer > 1 then
    return answer
  end
end
if not here and not elsewhere then
  if others >= most then
    return {3}
  elseif not room then
    return {4}
  end
end

local kept = redis.call('HMGET', slot, 'p', 'r')
local profile = both(kept[1], ARGV[9])
local renamed = kept[1] and shownOf(kept[1]) ~= shownOf(profile) and (here or elsewhere or others > 0)
if renamed and kept[2] and now < kept[2] + ARGV[14] then
  profile, renamed = kept[1], false
end
local placement = string.format('%.0f', rise())
local text = given and ARGV[6] or own and own.text or '-'
local answer = {0, placement, now + length, text == '-' and '' or text, elsewhere and own.page or '', profile}
if renamed then
  redis.call('HSET', slot, 'r', ARGV[1])
  local named = {[page] = true}
  for _, other in ipairs(redis.call('ZRANGE', placed, 0, -1)) do
    local tab = other ~= id and load(other)
    if tab and tab.page and not named[tab.page] then
      named[tab.page] = true
      answer[#answer + 1] = tab.page
    end
  end
end
redis.call('HSET', slot, 'n', placement, 'p', profile)
redis.call('ZADD', placed, now + ARGV[13], id)
local left = own and own.left ~= page and (not given or given == known) and own.left or nil
save(id, {placement = placement, lease = now + length, text = text, page = page, left = left, till = left and own.till or 0})
return answer
