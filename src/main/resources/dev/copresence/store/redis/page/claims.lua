-- Who may edit a page or a section of it; it stands where page.lua says "include page/claims". These are the steps of the
-- queue of claims that the store in memory has, too, by the same rules.
-- A tab that is given a lease takes the place of the claim that had it.

-- Most calls need none of this, and functions cost the more time the more of them a call makes. So these are made on demand,
-- see Claims in page.lua.
local function makeClaims()
  local Claims = {}

  -- How the claim of a tab stands among all of the page: see claims:<path> in page.lua.
  local function claimOf(tab, state)
    return state.section .. ' ' .. state.claim .. ' ' .. tab
  end

  -- Ends the question to the holder, or the time in which it is not asked.
  function Claims.endRequest(queue)
    if not queue.ends then
      return
    end
    redis.call('ZREM', untils, ending(nil, queue.section))
    if queue.asker then
      changed = true
    end
    queue.ends, queue.asker, queue.firm, queue.dirty, touched = nil, nil, false, true, true
  end

  -- Comes in the place of a request or a refusal that stands.
  local function beginRequest(queue, asker, firm, ends)
    if userOf(queue.asker or '') ~= userOf(asker or '') then
      changed = true
    end
    -- Half a ms later than a life that ends in the same one.
    redis.call('ZADD', untils, string.format('%.1f', ends + 0.5), ending(nil, queue.section))
    queue.ends, queue.asker, queue.firm, queue.dirty, touched = ends, asker, firm, true, true
  end

  -- Asks the holder for a tab, until the last ms for an answer; firm if the holder cannot refuse.
  function Claims.ask(queue, tab, firm, ends)
    beginRequest(queue, tab, firm, ends)
  end

  -- The holder refuses: until that ms it is not asked again.
  function Claims.keep(queue, ends)
    beginRequest(queue, nil, false, ends)
  end

  -- Makes a tab the holder, or nobody for ''.
  local function hold(queue, tab)
    Claims.endRequest(queue)
    if userOf(queue.holder) ~= userOf(tab) then
      changed = true
    end
    queue.holder, queue.fence, queue.dirty, touched = tab, tab == '' and '' or ticket(), true, true
  end

  -- Notes that the holder has taken the lease over, after the time that the user before had.
  local function noteTakeOver(queue, before)
    taken = taken or {}
    for _, one in ipairs({path, queue.section, queue.fence, userOf(queue.holder), before}) do
      taken[#taken + 1] = one
    end
  end

  -- The tab has taken note that it has lost its lease.
  function Claims.acknowledgeLoss(tab, state)
    if state.claiming == HAS_LOST then
      state.claiming = IDLE
      redis.call('HDEL', page, 'x' .. tab)
    end
  end

  function Claims.add(tab, state)
    local queue = queueOf(state.section)
    state.claiming, state.claim = CLAIMS, ticket()
    redis.call('ZADD', claims, 0, claimOf(tab, state))
    if queue.holder == '' then
      leases = leases + 1
      hold(queue, tab)
    else
      waits = waits + 1
    end
  end

  function Claims.remove(tab, state)
    local queue, claim = queueOf(state.section), state.claim
    redis.call('ZREM', claims, claimOf(tab, state))
    state.claiming, state.claim, touched = IDLE, '', true
    if queue.asker == tab then
      Claims.endRequest(queue)
    end
    if queue.holder ~= tab then
      waits = waits - 1
      return
    end
    if queue.firm then
      local taker = queue.asker
      local its = stateOf(taker)
      redis.call('ZREM', claims, claimOf(taker, its))
      its.claim = claim
      redis.call('ZADD', claims, 0, claimOf(taker, its))
      saveState(taker, its)
      waits = waits - 1
      hold(queue, taker)
      noteTakeOver(queue, userOf(tab))
      return
    end
    local section = state.section
    local first = redis.call('ZRANGEBYLEX', claims, '[' .. section .. ' ', '(' .. section .. '!', 'LIMIT', 0, 1)[1]
    if first then
      waits = waits - 1
      hold(queue, string.sub(first, #section + 19))
    else
      leases = leases - 1
      hold(queue, '')
    end
  end

  -- Whatever the tab has said about a lease, it says no more.
  function Claims.drop(tab, state)
    if state.claiming == CLAIMS then
      Claims.remove(tab, state)
    end
    Claims.acknowledgeLoss(tab, state)
  end

  -- Gives the lease to a tab, whether it made a claim or not, and ends the claim of the holder, which is another tab.
  function Claims.pass(queue, tab, state)
    local loser, takesOver = queue.holder, queue.firm and queue.asker == tab
    local losing = stateOf(loser)
    Claims.acknowledgeLoss(tab, state)
    redis.call('ZREM', claims, claimOf(loser, losing))
    if state.claiming == CLAIMS then
      redis.call('ZREM', claims, claimOf(tab, state))
      waits = waits - 1
    end
    state.claiming, state.claim = CLAIMS, losing.claim
    showOrNot(tab, state)
    redis.call('ZADD', claims, 0, claimOf(tab, state))
    saveState(tab, state)
    losing.claiming, losing.claim = HAS_LOST, ''
    showOrNot(loser, losing)
    saveState(loser, losing)
    local user = userOf(tab)
    redis.call('HSET', page, 'x' .. loser, #user .. ' ' .. user .. redis.call('HGET', page, 'u' .. user))
    hold(queue, tab)
    if takesOver then
      noteTakeOver(queue, userOf(loser))
    end
  end

  function Claims.save(section, queue)
    if queue.holder == '' then
      redis.call('HDEL', page, 'h' .. section, 'f' .. section, 'q' .. section)
      return
    end
    redis.call('HSET', page, 'h' .. section, queue.holder, 'f' .. section, queue.fence)
    if queue.ends then
      redis.call('HSET', page, 'q' .. section,
        string.format('%.0f', queue.ends) .. (queue.firm and '.1 ' or ' ') .. (queue.asker or ''))
    else
      redis.call('HDEL', page, 'q' .. section)
    end
  end

  -- How the claim of a tab stands; false if it makes none. Else one of
  --   granted  fence   asked  the section, '' for the page's own lease
  --   waiting  editor  asked  how many claims stand before this one, 0 for who takes the lease over
  --   lost     editor, '' for nobody  {id and profile of who got the lease then}
  -- where asked is {id and profile of who asks, the last ms for an answer, 1 for a take-over or 0}, {that ms} if nobody asks
  -- because the holder has refused, or false.
  function Claims.standing(tab, state)
    if state.claiming == IDLE then
      return false
    end
    local queue = queueOf(state.section)
    if state.claiming == HAS_LOST then
      local lostTo = redis.call('HGET', page, 'x' .. tab)
      local length, both = string.match(lostTo, '^(%d+) (.*)$')
      return {'lost', userOf(queue.holder), {string.sub(both, 1, length), string.sub(both, length + 1)}}
    end
    local asked = false
    if queue.asker then
      local asker = userOf(queue.asker)
      asked = {asker, redis.call('HGET', page, 'u' .. asker), queue.ends, queue.firm and 1 or 0}
    elseif queue.ends then
      asked = {queue.ends}
    end
    if queue.holder == tab then
      return {'granted', queue.fence, asked, queue.section}
    end
    if queue.firm and queue.asker == tab then
      return {'waiting', userOf(queue.holder), asked, 0}
    end
    local section = state.section
    local before = redis.call('ZLEXCOUNT', claims, '[' .. section .. ' ', '(' .. section .. ' ' .. state.claim)
    return {'waiting', userOf(queue.holder), asked, before}
  end

  return Claims
end
