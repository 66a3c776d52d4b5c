-- What the scripts share that bring a profile to a page; it stands, behind "include profile" and "include page/page", where a
-- script says "include page/vouch".

-- Takes a profile of a user who is here, for what counts more in it than in what is known.
local function vouchFor(user, said)
  local kept = redis.call('HGET', page, 'u' .. user)
  local known = both(kept, said)
  if known ~= kept then
    redis.call('HSET', page, 'u' .. user, known)
    changed = changed or (not kept or shownOf(known) ~= shownOf(kept)) and redis.call('HEXISTS', page, 'k' .. user) == 1
  end
end
