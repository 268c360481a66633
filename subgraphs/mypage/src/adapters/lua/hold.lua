-- Keeps the lease of a generation that is being built, and can end the work: 'activate' or 'abandon'.
-- ARGV: generation, lease in milliseconds, what to do ('' = go on)
local generation, lease, what = unpack(ARGV)
if redis.call('GET', 'rm:next') ~= generation then
  return redis.error_reply('LOST another generation is being built, or none')
end
if what == 'activate' then redis.call('SET', 'rm:active', generation) end
if what == '' then redis.call('PEXPIRE', 'rm:next', lease) else redis.call('DEL', 'rm:next') end
return 1
