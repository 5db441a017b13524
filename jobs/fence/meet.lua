-- meet: a dispatcher says what it may lead and how many queues it leads, and hears the same of the others.
-- KEYS  1 dispatchers
-- ARGV  1 dispatcher id, 2 what it says (JSON), 3 lease (ms)
-- RETURNS  {id, what it says, ...} of the other dispatchers that spoke within their lease
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d|%s', now + ARGV[3], ARGV[2]))
local told = redis.call('HGETALL', KEYS[1])
local others = {}
for i = 1, #told, 2 do
  local lapses, said = string.match(told[i + 1], '^(%d+)|(.*)$')
  if tonumber(lapses) < now then
    redis.call('HDEL', KEYS[1], told[i])
  elseif told[i] ~= ARGV[1] then
    others[#others + 1] = told[i]
    others[#others + 1] = said
  end
end
return others
