-- claim: takes tickets and gives their holder a lease each; only one message can.
-- KEYS  1 tickets, 2 running, 3 events, 4 held by this worker, 5 epoch
-- ARGV  1 worker id, 2 pid, 3 queue, 4... per job: job id, ticket, run, nonce, stale after (ms, 0 never), expires (ms, 0 never)
-- RETURNS  {epoch, then per job: 'claimed', 'stale' (there is no such ticket) or 'expired' (it came too late)}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local exact = string.format('%.3f', time[1] * 1000 + time[2] / 1000) -- ms, to the microsecond
local worker, pid, queue = ARGV[1], ARGV[2], ARGV[3]

local function claim(id, ticket, run, nonce, stale, expires)
  local held = redis.call('HGET', KEYS[2], id)
  if held and string.find(held, table.concat({run, nonce, worker, pid}, '|') .. '|', 1, true) == 1 then
    return 'claimed' -- the caller asks again: it never saw the first answer
  end
  if redis.call('HGET', KEYS[1], id) ~= ticket then
    return 'stale'
  end
  redis.call('HDEL', KEYS[1], id)
  if expires > 0 and now >= expires then
    redis.call('XADD', KEYS[3], '*', 'e', 'expired', 'j', id, 'r', run, 't', now)
    return 'expired'
  end
  if stale > 0 then
    stale = now + stale
  end
  redis.call('HSET', KEYS[2], id, table.concat({run, nonce, worker, pid, exact, stale}, '|'))
  redis.call('HSET', KEYS[4], id, table.concat({queue, run, nonce, pid, exact, stale}, '|'))
  redis.call('XADD', KEYS[3], '*', 'e', 'started', 'j', id, 'r', run, 't', exact, 'w', worker)
  return 'claimed'
end

local answers = {redis.call('GET', KEYS[5]) or ''}
for i = 4, #ARGV, 6 do
  answers[#answers + 1] = claim(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], tonumber(ARGV[i + 4]), tonumber(ARGV[i + 5]))
end
return answers
