"""What a provider lets all of us ask together: one budget per provider, shared by every worker through Redis.

The rates are in `settings.PROVIDER_BUDGETS`; a provider that is not named there has no bound. Requests are
spaced by the generic cell rate algorithm (ITU-T I.371): `limit` may come at once after a pause, then one per
interval. Without Redis requests are not held back: the provider's own 429 is the last word anyway.
"""

import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from redis.commands.core import Script

from jobs.errors import RateLimited
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.rates import Rate, parse_rate

_PATIENCE = 3.0  # seconds that a request waits for its turn in the worker; a longer wait is the platform's
_PREFIX = "millrace:budget:"

# KEYS[1]: when the budget is used up (us); KEYS[2]: until when the provider asked all to wait (us)
# ARGV: interval (us), tolerance (us), patience (us). Returns microseconds to wait: spent when within patience.
_SPEND = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local held = tonumber(redis.call('GET', KEYS[2]) or '0')
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local wait = math.max(full - tonumber(ARGV[2]) - now, held - now, 0)
if wait <= tonumber(ARGV[3]) then
    full = math.max(full, held) + tonumber(ARGV[1])
    redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
end
return string.format('%.0f', wait)
"""

# KEYS[1]: as KEYS[2] above; ARGV[1]: seconds. The longest wait that anybody was told counts.
_HOLD = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local release = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now + ARGV[1] * 1000000)
redis.call('SET', KEYS[1], string.format("%.0f", release), 'PX', math.ceil((release - now) / 1000))
return 1
"""


@dataclass(frozen=True)
class Budget:
    """One provider's budget, by its name in the settings."""

    provider: str
    patience: float = _PATIENCE

    def spend(self) -> None:
        """Wait for the turn of one request. RateLimited when it is further away than the patience."""
        rate = self.rate
        if rate is None:
            return
        wait = self._ask(rate)
        if wait > self.patience:
            raise RateLimited(wait, f"the budget of {self.provider} ({rate}) is spent for {wait:.1f} s")
        if wait > 0:
            time.sleep(wait)

    def hold(self, seconds: float) -> None:
        """The provider asked to wait: nobody asks it again until then."""
        if self.rate is None:
            return
        try:
            _script(_HOLD)(keys=[f"{_PREFIX}{self.provider}:held"], args=[seconds], client=client())
        except REDIS_ERRORS:
            return  # each worker hears it from the provider itself

    @property
    def rate(self) -> Rate | None:
        """What the settings allow; None: no bound."""
        text = settings.PROVIDER_BUDGETS.get(self.provider)
        return parse_rate(text) if text else None

    def _ask(self, rate: Rate) -> float:
        interval = rate.seconds * 1e6 / rate.limit
        names = [f"{_PREFIX}{self.provider}", f"{_PREFIX}{self.provider}:held"]
        words = [interval, interval * (rate.limit - 1), self.patience * 1e6]
        try:
            return float(_script(_SPEND)(keys=names, args=words, client=client())) / 1e6
        except REDIS_ERRORS:
            return 0.0


@lru_cache
def _script(text: str) -> Script:
    return client().register_script(text)
