-- breaker: replaces the state of a circuit breaker, if it is still the one that the caller saw.
-- KEYS  1 circuit
-- ARGV  1 the state seen (JSON, empty for none), 2 the state after, 3 milliseconds that it is kept
-- RETURNS  1 replaced; 0 somebody else was first
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
