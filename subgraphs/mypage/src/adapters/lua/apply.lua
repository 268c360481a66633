-- Moves an aggregate to its next version, with all that this changes, in one generation or in two.
-- ARGV: aggregate, version, change, keep early ones ('1'), generation under construction ('' = the active one
-- and, beside it, the one that is being built).
-- A change is JSON: when it happened and Redis commands on keys without their generation.
local aggregate, version, change, keepEarly, building = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]

local function carryOut(prefix, text)
  local made = cjson.decode(text)
  for _, command in ipairs(made.commands) do
    redis.call(command[1], prefix .. command[2], unpack(command, 3))
  end
  local asOf = tonumber(redis.call('HGET', prefix .. 'about', 'asOf') or 0)
  if made.at > asOf then redis.call('HSET', prefix .. 'about', 'asOf', string.format('%.0f', made.at)) end
end

local function apply(generation, keep)
  local prefix = 'rm:' .. generation .. ':'
  local present = tonumber(redis.call('HGET', prefix .. 'versions', aggregate) or 0)
  local waiting = prefix .. 'early:' .. aggregate
  if version <= present then return 'seen' end
  if version > present + 1 then
    if keep then redis.call('HSET', waiting, version, change) end
    return 'early'
  end
  local next, text = version, change
  repeat
    carryOut(prefix, text)
    redis.call('HSET', prefix .. 'versions', aggregate, next)
    if next > version then redis.call('HDEL', waiting, next) end
    next = next + 1
    text = redis.call('HGET', waiting, next)
  until not text
  return 'applied'
end

local next = redis.call('GET', 'rm:next')
if building ~= '' then
  if next ~= building then return redis.error_reply('LOST another generation is being built, or none') end
  return apply(building, true)
end
if next then apply(next, true) end
local active = redis.call('GET', 'rm:active')
if not active then return 'absent' end
return apply(active, keepEarly == '1')
