-- claim: takes a ticket and gives its holder a lease; only one message can.
-- KEYS  1 tickets, 2 running, 3 events, 4 held by this worker, 5 epoch
-- ARGV  1 job id, 2 ticket, 3 run, 4 nonce, 5 worker id, 6 pid, 7 stale after (ms, 0 never), 8 queue, 9 expires (ms, 0 never)
-- RETURNS  {'claimed', epoch}; {'stale'} when there is no such ticket; {'expired'} when it came too late
local held = redis.call('HGET', KEYS[2], ARGV[1])
if held and string.find(held, table.concat({ARGV[3], ARGV[4], ARGV[5], ARGV[6]}, '|') .. '|', 1, true) == 1 then
  return {'claimed', redis.call('GET', KEYS[5]) or ''} -- the caller asks again: it never saw the first answer
end
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return {'stale'}
end
redis.call('HDEL', KEYS[1], ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local expires = tonumber(ARGV[9])
if expires > 0 and now >= expires then
  redis.call('XADD', KEYS[3], '*', 'e', 'expired', 'j', ARGV[1], 'r', ARGV[3], 't', now)
  return {'expired'}
end
local stale = tonumber(ARGV[7])
if stale > 0 then
  stale = now + stale
end
redis.call('HSET', KEYS[2], ARGV[1], table.concat({ARGV[3], ARGV[4], ARGV[5], ARGV[6], now, stale}, '|'))
redis.call('HSET', KEYS[4], ARGV[1], table.concat({ARGV[8], ARGV[3], ARGV[4], ARGV[6], now, stale}, '|'))
redis.call('XADD', KEYS[3], '*', 'e', 'started', 'j', ARGV[1], 'r', ARGV[3], 't', now, 'w', ARGV[5])
return {'claimed', redis.call('GET', KEYS[5]) or ''}
