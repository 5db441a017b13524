-- finish: ends runs whose lease the caller still holds.
-- KEYS  1 running, 2 events, 3 held by this worker, 4 fenced, 5 epoch, 6 tickets, 7 ended
-- ARGV  1 epoch at the claim, 2... per run: job id, run, nonce, event (completed, retried, failed, ...), data (JSON), how long ago it ended (ms, with a fraction), how long it ran (the same; negative: since the claim, or, where Redis lost that, -1 - so many ms)
-- RETURNS  per run 1 (finished) or 0 (fenced: the lease was lost and the outcome is dropped)
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local emptied = (redis.call('GET', KEYS[5]) or '') ~= ARGV[1]

local function finish(id, run, nonce, event, data, ago, ran)
  local mark = run .. '|' .. nonce
  if redis.call('HGET', KEYS[7], id) == mark .. '|' .. event then
    return 1 -- the caller asks again: it never saw the first answer
  end
  local lease = redis.call('HGET', KEYS[1], id)
  local mine = lease and string.find(lease, mark .. '|', 1, true) == 1
  -- Redis was emptied while the job ran: nobody else holds it yet, so its holder may still finish.
  if not mine and (lease or not emptied or redis.call('HEXISTS', KEYS[6], id) == 1) then
    redis.call('INCR', KEYS[4])
    return 0
  end
  local ended = now - ago
  local started = 0 -- Redis was emptied, and with it went when the run began
  if ran >= 0 then
    started = string.format('%.3f', ended - ran)
  elseif mine then
    started = string.match(lease, '^[^|]*|[^|]*|[^|]*|[^|]*|([^|]*)|')
  elseif ran < -1 then
    started = string.format('%.3f', ended + ran + 1)
  end
  redis.call('HDEL', KEYS[1], id)
  redis.call('HDEL', KEYS[3], id)
  redis.call('HSET', KEYS[7], id, mark .. '|' .. event)
  redis.call('XADD', KEYS[2], '*', 'e', event, 'j', id, 'r', run, 't', string.format('%.3f', ended), 's', started, 'd', data)
  return 1
end

local answers = {}
for i = 2, #ARGV, 7 do
  answers[#answers + 1] = finish(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], tonumber(ARGV[i + 5]), tonumber(ARGV[i + 6]))
end
return answers
