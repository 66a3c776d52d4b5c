-- Keeps a tab on its page; places it there once its user's slot has said so.
--
-- KEYS  1 page  2 until  3 viewers  4 claims  5 due  6 shard    of the page, see page.lua
-- ARGV  1 now, ms  2 keep, ms  3 viewers listed at most  4 version that the caller has
--       5 tab  6 profile  7 life, ms  8 visible, 1 or 0  9 editing, 1 or 0, or '' to leave it  10 incarnation or ''
--       11 joining, 1 or 0  12 lease, ms, and  13 placement: what the slot has said, or ''
-- Gives the head, the place of the tab's claim, fence or editor, and the snapshot. Outcomes: 0 done; 1 it is late, nothing
-- was done; 2 the tab is not here, 3 it is and the slot has to hear of it first; in both nothing was done.

local tab, profile, placement = ARGV[5], ARGV[6], ARGV[13]
local incarnation = tonumber(ARGV[10])

-- Most calls move a deadline and nothing else; beat.lua is for those that make no claim either.
local renewed = false
local meta = redis.call('HMGET', KEYS[1], 'v', 'b', 'h', 'f', 't' .. tab, 'u' .. string.sub(tab, 17))
if meta[5] and placement == '' then
  local doing, life, known, lease =
    string.match(meta[5], '^(%d+) (%d+) (%S*) (%d+) %d+ %d+$')
  local now, bound = tonumber(ARGV[1]), tonumber(meta[2])
  local claiming = string.sub(doing, 3)
  if doing == '0' .. ARGV[8] .. (ARGV[9] == '' and claiming or ARGV[9]) and life == ARGV[7] and meta[6] == profile
    and (not incarnation or incarnation == tonumber(known)) and now <= bound and now + life >= bound
    and now <= tonumber(lease) then
    redis.call('ZADD', KEYS[2], 'GT', now + life, tab)
    if ARGV[4] == meta[1] then
      local place, detail = -1, ''
      if claiming == '1' then
        place, detail = 0, meta[4]
        if meta[3] ~= tab then
          place, detail = redis.call('ZRANK', KEYS[4], tab), string.sub(meta[3], 17)
        end
      end
      return {0, 0, 0, 0, meta[1], bound, place, detail, false}
    end
    renewed = true
  end
end

-- include page

due, shard = KEYS[5], KEYS[6]
open(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
if renewed then
  local _, _, claiming = parse(meta[5])
  local place, detail = editing(tab, claiming)
  return answer(0, place, detail, snapshot(tonumber(ARGV[3]), ARGV[4]))
end
expire()

local user = userOf(tab)
local kept = redis.call('HGET', page, 't' .. tab)
local outcome = 0
local leaving, visible, claiming, life, lease, placed, seen, text
if kept then
  leaving, visible, claiming, life, lease, placed, seen, text = parse(kept)
  local known = tonumber(text)
  local same = incarnation ~= nil and incarnation == known
  if incarnation and known and incarnation < known then
    outcome = 1
  elseif placement ~= '' then
    outcome = tonumber(placed) > tonumber(placement) and 1 or 0
  elseif leaving == '1' and same and ARGV[11] == '0' then
    outcome = 1
  elseif leaving == '1' or (incarnation and not same) or now > tonumber(lease)
    or redis.call('HGET', page, 'u' .. user) ~= profile then
    outcome = 3
  end
elseif placement == '' then
  outcome = 2
end

if outcome == 0 then
  if not kept then
    visible, claiming = ARGV[8], '0'
    count(user, 1, tonumber(visible))
  elseif visible ~= ARGV[8] then
    visible = ARGV[8]
    count(user, 0, visible == '1' and 1 or -1)
  end
  if redis.call('HGET', page, 'u' .. user) ~= profile then
    redis.call('HSET', page, 'u' .. user, profile)
    changed = true
  end
  if ARGV[9] == '1' and claiming == '0' then
    claiming = '1'
    claim(tab)
  elseif ARGV[9] == '0' and claiming == '1' then
    claiming = '0'
    unclaim(tab)
  end
  if placement ~= '' then
    lease, placed, text = ARGV[12], placement, ARGV[10]
  end
  redis.call('HSET', page, 't' .. tab, record('0', visible, claiming, ARGV[7], lease, placed, '0', text))
  redis.call('ZADD', untils, now + tonumber(ARGV[7]), tab)
  moved = true
end

close()
keepTicket()
local place, detail = -1, ''
if outcome == 0 then
  place, detail = editing(tab, claiming)
end
local shown = false
if outcome < 2 then
  shown = snapshot(tonumber(ARGV[3]), ARGV[4])
end
return answer(outcome, place, detail, shown)
