-- withdraw: takes a job's ticket away and refuses a new one for a while.
-- KEYS  1 tickets, 2 running, 3 withdrawn, 4 ended
-- ARGV  1 job id, 2 milliseconds for which no ticket may be written
-- RETURNS  'running' or 'ended' when it was claimed already (nothing changed), else 'withdrawn'
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then
  return 'running'
end
if redis.call('HEXISTS', KEYS[4], ARGV[1]) == 1 then
  return 'ended'
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], now + ARGV[2])
return 'withdrawn'
