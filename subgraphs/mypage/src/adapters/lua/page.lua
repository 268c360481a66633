-- A page of a list in the active generation, with the records that its ids name.
-- ARGV: list, from, to (bounds of a range by score, in the order of the page), order ('up' or 'down'), limit,
-- score and id after which the page begins ('' = at the beginning), prefix of the records ('booking:'),
-- bound of the stays to count for each record ('' = none)
-- Answers the size of the range and, for each entry, { id, score, stays, { field, value, … } }.
local list, from, to, order, limit, afterScore, afterId, records, staysAfter = unpack(ARGV)
local active = redis.call('GET', 'rm:active')
if not active then return redis.error_reply('UNBUILT there is no generation') end
local prefix = 'rm:' .. active .. ':'
local up = order == 'up'
local range = up and 'ZRANGEBYSCORE' or 'ZREVRANGEBYSCORE'

-- Bytes, as Redis orders them: Lua's own comparison follows the locale.
local function less(a, b)
  for index = 1, math.min(#a, #b) do
    local x, y = a:byte(index), b:byte(index)
    if x ~= y then return x < y end
  end
  return #a < #b
end

local low, high = from, to
if not up then low, high = to, from end
local total = redis.call('ZCOUNT', prefix .. list, low, high)

local skip = 0
if afterScore ~= '' then
  from = afterScore
  for _, id in ipairs(redis.call(range, prefix .. list, afterScore, afterScore)) do
    if id == afterId or less(id, afterId) == up then skip = skip + 1 end
  end
end

local rows = {}
local found = redis.call(range, prefix .. list, from, to, 'WITHSCORES', 'LIMIT', skip, limit)
for index = 1, #found, 2 do
  local record = prefix .. records .. found[index]
  local stays = staysAfter == '' and 0 or redis.call('ZCOUNT', record .. ':stays', staysAfter, '+inf')
  rows[#rows + 1] = { found[index], found[index + 1], stays, redis.call('HGETALL', record) }
end
return { total, rows }
