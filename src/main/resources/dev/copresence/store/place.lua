-- Places a tab on a page, in the slot of its user. The tab then has to be brought to the page, and taken off its last one.
--
-- KEYS  1 slot of the user, see slot.lua
-- ARGV  1 now, ms  2 keep, ms  3 length of a lease, ms  4 tab's id  5 page  6 incarnation or ''  7 joining, 1 or 0
--       8 whether the page says that the tab is on it, 1 or 0  9 profile  10 tabs of a user at most  11 whether there is
--       room for another tab in all, 1 or 0  12 whether the pages were asked, 1 or 0  13... what they said, see bury
-- Gives the outcome and: 0 placed: placement, lease, incarnation or '', last page or '', pages where the profile is now
-- another; 1 the call is late; 2 ask these pages first: id, page and placement of each tab; 3 the user has too many tabs;
-- 4 there is no room.

-- include slot

local id, page, here, asked = ARGV[4], ARGV[5], ARGV[8] == '1', ARGV[12] == '1'
local given = tonumber(ARGV[6])
load()
bury(13)
local own = tabs[id]
if own and own.page == page and not here then
  offPage(id)
  own = tabs[id]
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

local others = {}
for other, tab in pairs(tabs) do
  if other ~= id and tab.page then
    others[#others + 1] = other
  end
end
local full = #others >= tonumber(ARGV[10])
local room = ARGV[11] == '1'
if not here and not asked then
  local ask = full and others or {}
  if elsewhere and (full or not room or late or not given and known and not own.left) then
    ask[#ask + 1] = id
  end
  if #ask > 0 then
    local answer = {2}
    for _, one in ipairs(ask) do
      answer[#answer + 1] = one
      answer[#answer + 1] = tabs[one].page
      answer[#answer + 1] = tabs[one].placement
    end
    return answer
  end
end
if not here and not elsewhere then
  if full then
    return {3}
  elseif not room then
    return {4}
  end
end

serial = math.max(serial + 1, now)
local placement = string.format('%.0f', serial)
local text = given and ARGV[6] or own and own.text or '-'
local answer = {0, placement, now + length, text == '-' and '' or text, elsewhere and own.page or ''}
if profile ~= ARGV[9] then
  local named = {[page] = true}
  for other, tab in pairs(tabs) do
    if other ~= id and tab.page and not named[tab.page] then
      named[tab.page] = true
      answer[#answer + 1] = tab.page
    end
  end
  redis.call('HSET', slot, 'p', ARGV[9])
end
redis.call('HSET', slot, 'n', placement)
local left = own and own.left ~= page and (not given or given == known) and own.left or nil
save(id, {placement = placement, lease = now + length, text = text, page = page, left = left, till = left and own.till or 0})
return answer
