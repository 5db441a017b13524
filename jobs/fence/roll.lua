-- roll: who lives, and since when Redis has not been emptied.
-- KEYS  1 workers, 2 heartbeats, 3 epoch
-- ARGV  1 epoch to set when there is none
-- RETURNS  {epoch, Redis time (ms), ids of workers whose heartbeat lapsed, live workers as id, announcement, ...}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', KEYS[3], ARGV[1], 'NX')
local lapsed = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. now)
local live = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], now, '+inf')) do
  live[#live + 1] = id
  live[#live + 1] = redis.call('HGET', KEYS[1], id) or '{}'
end
return {redis.call('GET', KEYS[3]), now, lapsed, live}
