-- finish: ends a run, if the caller still holds its lease.
-- KEYS  1 running, 2 events, 3 held by this worker, 4 fenced, 5 epoch, 6 tickets, 7 ended
-- ARGV  1 job id, 2 run, 3 nonce, 4 event (completed, retried, failed, ...), 5 data (JSON), 6 epoch at the claim
-- RETURNS  1 finished; 0 fenced: the lease was lost and the outcome is dropped
local mark = ARGV[2] .. '|' .. ARGV[3]
if redis.call('HGET', KEYS[7], ARGV[1]) == mark .. '|' .. ARGV[4] then
  return 1 -- the caller asks again: it never saw the first answer
end
local lease = redis.call('HGET', KEYS[1], ARGV[1])
local mine = lease and string.find(lease, mark .. '|', 1, true) == 1
-- Redis was emptied while the job ran: nobody else holds it yet, so its holder may still finish.
local emptied = not lease and (redis.call('GET', KEYS[5]) or '') ~= ARGV[6]
  and redis.call('HEXISTS', KEYS[6], ARGV[1]) == 0
if not mine and not emptied then
  redis.call('INCR', KEYS[4])
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local started = now
if mine then
  started = string.match(lease, '^[^|]*|[^|]*|[^|]*|[^|]*|([^|]*)|')
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('HSET', KEYS[7], ARGV[1], mark .. '|' .. ARGV[4])
redis.call('XADD', KEYS[2], '*', 'e', ARGV[4], 'j', ARGV[1], 'r', ARGV[2], 't', now, 's', started, 'd', ARGV[5])
return 1
