-- cancel: writes a request to cancel into the lease of a run, where the run and its worker see it.
-- KEYS  1 running, 2 held by the worker that runs it
-- ARGV  1 job id, 2 worker id, 3 the request (JSON)
-- RETURNS  1 written, over an earlier one; 0 that worker does not run it
local lease = redis.call('HGET', KEYS[1], ARGV[1])
local held = redis.call('HGET', KEYS[2], ARGV[1])
local six = '^([^|]*|[^|]*|[^|]*|[^|]*|[^|]*|[^|]*)'
if not lease or not held or string.match(lease, '^[^|]*|[^|]*|([^|]*)|') ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], string.match(lease, six) .. '|' .. ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], string.match(held, six) .. '|' .. ARGV[3])
return 1
