-- leave: a worker says goodbye; what it still holds is rescued at once.
-- KEYS  1 workers, 2 heartbeats
-- ARGV  1 worker id
-- RETURNS  1
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
