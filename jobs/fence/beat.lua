-- beat: a worker says that it lives and what it serves.
-- KEYS  1 workers, 2 heartbeats, 3 epoch
-- ARGV  1 worker id, 2 what it announces (JSON), 3 lease (ms)
-- RETURNS  the epoch, empty when no dispatcher has set one since Redis was emptied
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[1])
return redis.call('GET', KEYS[3]) or ''
