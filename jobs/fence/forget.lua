-- forget: drops the marks of withdrawn jobs that refuse nothing any more; most of these jobs never ask again.
-- KEYS  1 withdrawn
-- ARGV  1 how many marks to look at, at most
-- RETURNS  how many were dropped
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local marks = redis.call('HGETALL', KEYS[1])
local dropped = 0
for i = 1, math.min(#marks, 2 * ARGV[1]), 2 do
  if tonumber(string.match(marks[i + 1], '^%-?%d+')) <= now then
    dropped = dropped + redis.call('HDEL', KEYS[1], marks[i])
  end
end
return dropped
