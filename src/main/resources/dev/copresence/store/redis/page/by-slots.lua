-- Tells whether scripts may announce by slots on this node.
--
-- KEYS  1 due  of a shard, see page.lua, whose node is asked
-- Gives '', or the error if they may not.

local said = redis.pcall('SPUBLISH', string.sub(KEYS[1], 1, 16) .. 'alive', '0')
return {type(said) == 'table' and said.err or ''}
