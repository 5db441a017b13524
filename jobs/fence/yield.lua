-- yield: gives up the lead of queues that the caller leads.
-- KEYS  1... leader keys
-- ARGV  1 dispatcher id
-- RETURNS  how many were given up
local given = 0
for _, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[1] then
    redis.call('DEL', key)
    given = given + 1
  end
end
return given
