-- Begins a generation, unless another one is being built. rm:next names it and is its lock and its lease: whoever
-- builds it fails once the key has expired or names another one.
-- ARGV: generation, lease in milliseconds, the server's run id, now in milliseconds
local generation, lease, server, now = unpack(ARGV)
if redis.call('EXISTS', 'rm:next') == 1 then return 0 end
redis.call('SET', 'rm:next', generation, 'PX', lease)
redis.call('SADD', 'rm:generations', generation)
redis.call('HSET', 'rm:' .. generation .. ':about', 'server', server, 'begun', now)
return 1
