-- lead: takes or renews the lead of queues.
-- KEYS  1... leader keys
-- ARGV  1 dispatcher id, 2 lease (ms)
-- RETURNS  for each key 1 (the caller leads) or 0
local held = {}
for i, key in ipairs(KEYS) do
  local leader = redis.call('GET', key)
  if not leader or leader == ARGV[1] then
    redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
    held[i] = 1
  else
    held[i] = 0
  end
end
return held
