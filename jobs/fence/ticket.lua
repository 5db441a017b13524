-- ticket: lets each of the given jobs start once, if the caller still leads the queue.
-- KEYS  1 leader, 2 tickets, 3 running, 4 withdrawn, 5 ended, 6 paused
-- ARGV  1 the caller's dispatcher id, 2... pairs of job id and ticket (run:nonce:expires_ms)
-- RETURNS  the ids that got their ticket; false when the caller leads no more
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return false
end
if redis.call('EXISTS', KEYS[6]) == 1 then
  return {}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local granted = {}
local any_withdrawn = redis.call('HLEN', KEYS[4]) > 0
for i = 2, #ARGV, 2 do
  local id = ARGV[i]
  local refused = redis.call('HEXISTS', KEYS[3], id) == 1 or redis.call('HEXISTS', KEYS[5], id) == 1
  if any_withdrawn and not refused then
    local mark = redis.call('HGET', KEYS[4], id)
    if mark then
      local until_ms, first_run = string.match(mark, '^(%d+):?(%d*)$')
      local run = string.match(ARGV[i + 1], '^%d+')
      if tonumber(until_ms) > now and (first_run == '' or tonumber(run) < tonumber(first_run)) then
        refused = true
      else
        redis.call('HDEL', KEYS[4], id)
      end
    end
  end
  if not refused and redis.call('HSETNX', KEYS[2], id, ARGV[i + 1]) == 1 then
    granted[#granted + 1] = id
  end
end
return granted
