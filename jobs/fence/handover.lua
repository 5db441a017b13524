-- handover: gives the lead of a queue to another dispatcher, without a moment in which nobody has it.
-- KEYS  1 leader
-- ARGV  1 dispatcher id, 2 the other's id, 3 lease (ms)
-- RETURNS  1 given; 0 the caller does not lead it
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
