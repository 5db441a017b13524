-- pause: takes all tickets of a queue away and refuses new ones: after it no claim is possible.
-- KEYS  1 tickets, 2 paused
-- ARGV  1 what stands in the flag: a text for people who look
-- RETURNS  how many tickets were taken away
redis.call('SET', KEYS[2], ARGV[1])
local taken = redis.call('HLEN', KEYS[1])
redis.call('DEL', KEYS[1])
return taken
