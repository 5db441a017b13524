-- settle: the outcomes of these runs are in the rows; the marks that they left may go.
-- KEYS  1 ended
-- ARGV  1... pairs of job id and run
-- RETURNS  how many marks were removed; a mark of a later run stays
local removed = 0
for i = 1, #ARGV, 2 do
  local mark = redis.call('HGET', KEYS[1], ARGV[i])
  if mark and string.find(mark, ARGV[i + 1] .. '|', 1, true) == 1 then
    removed = removed + redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return removed
