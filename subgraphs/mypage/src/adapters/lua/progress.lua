-- How far the active generation has come. ARGV: aggregates
-- Answers the time of its newest event (of its beginning, where it has none) and each aggregate's version.
local active = redis.call('GET', 'rm:active')
if not active then return redis.error_reply('UNBUILT there is no generation') end
local about = redis.call('HMGET', 'rm:' .. active .. ':about', 'asOf', 'begun')
local answer = { about[1] or about[2] }
for index, aggregate in ipairs(ARGV) do
  answer[index + 1] = redis.call('HGET', 'rm:' .. active .. ':versions', aggregate) or '0'
end
return answer
