-- note: appends progress or a log line of a run, if the caller still holds its lease.
-- KEYS  1 running, 2 events
-- ARGV  1 job id, 2 run, 3 nonce, 4 event (progress, log), 5 data (JSON)
-- RETURNS  1 appended; 2 appended, and somebody asked to cancel the run; 0 the lease was lost
local lease = redis.call('HGET', KEYS[1], ARGV[1])
if not lease or string.find(lease, ARGV[2] .. '|' .. ARGV[3] .. '|', 1, true) ~= 1 then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('XADD', KEYS[2], '*', 'e', ARGV[4], 'j', ARGV[1], 'r', ARGV[2], 't', now, 'd', ARGV[5])
if string.find(lease, '^[^|]*|[^|]*|[^|]*|[^|]*|[^|]*|[^|]*|') then
  return 2
end
return 1
