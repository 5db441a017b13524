-- stall: takes the lease away from a run whose worker or process is gone, or that ran past its time.
-- KEYS  1 running, 2 events, 3 held by the worker that lost it, 4 ended
-- ARGV  1 job id, 2 run, 3 nonce, 4 data (JSON: reason)
-- RETURNS  1 taken away; 0 it was not held any more
local lease = redis.call('HGET', KEYS[1], ARGV[1])
if not lease or string.find(lease, ARGV[2] .. '|' .. ARGV[3] .. '|', 1, true) ~= 1 then
  local held = redis.call('HGET', KEYS[3], ARGV[1])
  if held and string.find(held, '|' .. ARGV[2] .. '|' .. ARGV[3] .. '|', 1, true) then
    redis.call('HDEL', KEYS[3], ARGV[1]) -- not that of a later run, which the same worker may hold
  end
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local run, _, worker, _, started = string.match(lease, '^([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|')
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('HSET', KEYS[4], ARGV[1], ARGV[2] .. '|' .. ARGV[3] .. '|stalled')
redis.call('XADD', KEYS[2], '*', 'e', 'stalled', 'j', ARGV[1], 'r', run, 't', now, 's', started, 'w', worker, 'd', ARGV[4])
return 1
