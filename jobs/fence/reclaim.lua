-- reclaim: a worker enters again what it is running, after Redis was emptied.
-- KEYS  1 tickets, 2 running, 3 held by this worker
-- ARGV  1 job id, 2 lease (run|nonce|worker|pid|since|stale), 3 held entry (queue|run|nonce|pid|since|stale)
-- RETURNS  1 entered; 0 somebody else may run it: it has a lease or a ticket
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 or redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[3])
return 1
