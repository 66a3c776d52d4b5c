-- What the scripts of a user's slot share; it stands where a script says "include slot".
--
-- A user has one key, copresence:{u:<user>}, a hash:
--   n        the last placement given; rises, also after the slot was lost, since it is counted in ms of the clock
--   p        profile
--   t<id>    where the tab was placed: "placement lease incarnation page left until", - for what it has not:
--            page the one it was placed on, left the one that it left and that is remembered until that ms
-- Nobody tells the slot that a tab has expired on its page. The page knows who lives; what a slot says of it is true until
-- the lease, at which the page asks for another, and a life after it. Then it is forgotten here.

local now, keep, length = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local slot = KEYS[1]
local serial, profile, tabs = 0, nil, {}

local function forget(id)
  tabs[id] = nil
  redis.call('HDEL', slot, 't' .. id)
end

local function load()
  local fields = redis.call('HGETALL', slot)
  for i = 1, #fields, 2 do
    local name, value = fields[i], fields[i + 1]
    if name == 'n' then
      serial = tonumber(value)
    elseif name == 'p' then
      profile = value
    else
      local placement, lease, incarnation, page, left, till = string.match(value, '^(%d+) (%d+) (%S+) (%S+) (%S+) (%d+)$')
      local tab = {placement = placement, lease = tonumber(lease), incarnation = tonumber(incarnation),
        text = incarnation, till = tonumber(till)}
      tab.page = page ~= '-' and tab.lease + keep >= now and page or nil
      tab.left = left ~= '-' and tab.till >= now and left or nil
      local id = string.sub(name, 2)
      tabs[id] = tab
      if not tab.page and not tab.left then
        forget(id)
      end
    end
  end
end

local function offPage(id)
  tabs[id].page = nil
  if not tabs[id].left then
    forget(id)
  end
end

-- Takes the word of the pages for tabs that have expired there: pairs of id and placement, from ARGV[first] on.
local function bury(first)
  for i = first, #ARGV, 2 do
    local tab = tabs[ARGV[i]]
    if tab and tab.placement == ARGV[i + 1] then
      offPage(ARGV[i])
    end
  end
end

local function save(id, tab)
  redis.call('HSET', slot, 't' .. id, tab.placement .. ' ' .. string.format('%.0f', tab.lease) .. ' ' .. tab.text .. ' '
    .. (tab.page or '-') .. ' ' .. (tab.left or '-') .. ' ' .. string.format('%.0f', tab.till))
  redis.call('PEXPIRE', slot, length + keep)
end
