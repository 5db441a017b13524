-- unbundle: takes back tickets whose turn in their bundle does not come; they are released again elsewhere.
-- KEYS  1 tickets
-- ARGV  1... pairs of job id and ticket
-- RETURNS  how many were taken back; a ticket that was claimed or replaced meanwhile stays as it is
local taken = 0
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    taken = taken + redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return taken
