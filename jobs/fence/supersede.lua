-- supersede: lets a waiting job's payload be replaced, unless a worker may have seen it.
-- KEYS  1 tickets, 2 running, 3 withdrawn, 4 ended
-- ARGV  1 job id, 2 the first run with the new payload, 3 milliseconds for which tickets of earlier runs are refused
-- RETURNS  1 when tickets of earlier runs are refused now; 0 when the job is out (nothing changed)
for _, place in ipairs({KEYS[1], KEYS[2], KEYS[4]}) do
  if redis.call('HEXISTS', place, ARGV[1]) == 1 then
    return 0
  end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[3], ARGV[1], string.format('%d:%d', now + ARGV[3], ARGV[2]))
return 1
