-- Length of a list in the active generation. ARGV: list
local active = redis.call('GET', 'rm:active')
if not active then return redis.error_reply('UNBUILT there is no generation') end
return redis.call('ZCARD', 'rm:' .. active .. ':' .. ARGV[1])
