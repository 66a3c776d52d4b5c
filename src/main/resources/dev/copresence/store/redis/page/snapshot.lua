-- What others may see of a page; it stands, behind "include page/page", where a script says "include page/snapshot".

-- The sections with claims, in order, so many at most.
local function claimedSections(most)
  local sections, from = {}, '[!'
  while #sections < most do
    local first = redis.call('ZRANGEBYLEX', claims, from, '+', 'LIMIT', 0, 1)[1]
    if not first then
      break
    end
    local section = string.match(first, '^[^ ]+')
    sections[#sections + 1] = section
    from = '[' .. section .. '!'
  end
  return sections
end

-- What others may see of the page: counts, the editor or '', who asks or '', how many sections are edited; of each of these
-- name, editor and who asks or ''; of each listed viewer id, arrival, counts and profile. False if the caller has this version.
local function snapshot()
  local most, known = tonumber(ARGV[3]), ARGV[4]
  if known == version then
    return false
  end
  local viewerCount = redis.call('ZCARD', viewers)
  local whole = queueOf('')
  local editor = userOf(whole.holder)
  local listed = redis.call('ZRANGE', viewers, 0, most - 1, 'WITHSCORES')
  if editor ~= '' and #listed < 2 * viewerCount and redis.call('ZRANK', viewers, editor) >= most then
    listed[2 * most - 1], listed[2 * most] = editor, redis.call('ZSCORE', viewers, editor)
  end
  local sections = claimedSections(most)
  local shown = {viewerCount, tabs - unlisted, editor, userOf(whole.asker or ''), #sections}
  for _, section in ipairs(sections) do
    local its = queueOf(section)
    shown[#shown + 1] = section
    shown[#shown + 1] = userOf(its.holder)
    shown[#shown + 1] = userOf(its.asker or '')
  end
  for first = 1, #listed, 1000 do
    local last = math.min(first + 999, #listed)
    local fields = {}
    for i = first, last, 2 do
      fields[#fields + 1] = 'k' .. listed[i]
      fields[#fields + 1] = 'u' .. listed[i]
    end
    local values = redis.call('HMGET', page, unpack(fields))
    for i = first, last, 2 do
      local field = i - first + 1
      shown[#shown + 1] = listed[i]
      shown[#shown + 1] = listed[i + 1]
      shown[#shown + 1] = values[field]
      shown[#shown + 1] = values[field + 1]
    end
  end
  return shown
end
