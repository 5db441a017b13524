"""What a provider lets all of us ask together: one budget per provider, shared by every worker through Redis.

The rates are settings: PROVIDER_LIMITS has what providers publish, PROVIDER_BUDGETS what this site decided.
Requests are spaced by the generic cell rate algorithm (ITU-T I.371): `limit` may come at once after a pause,
then one per interval. A provider that asks one of us to wait is left alone by all, whether it has a rate or
not. Without Redis requests are not held back: the provider's own 429 is the last word anyway.
"""

import time
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from redis.commands.core import Script

from jobs.errors import RateLimited
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.rates import Rate, parse_rate

PATIENCE = 3.0  # seconds that a request waits in the worker; a longer wait is the platform's
_PREFIX = "millrace:budget:"

# KEYS[1]: when the budget is used up (us); KEYS[2]: until when the provider asked all to wait (us)
# ARGV: cost, tolerance, patience with the turn, patience with the provider, all in us.
# Returns the microseconds to wait, and 1 when that is within patience: then the requests are paid for.
_SPEND = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local held = tonumber(redis.call('GET', KEYS[2]) or '0')
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local turn = full - tonumber(ARGV[2]) - now
local patient = turn <= tonumber(ARGV[3]) and held - now <= tonumber(ARGV[4])
if patient and tonumber(ARGV[1]) > 0 then
    full = math.max(full, held) + tonumber(ARGV[1])
    redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
end
return {string.format('%.0f', math.max(turn, held - now, 0)), patient and 1 or 0}
"""

# KEYS[1]: as KEYS[2] above; ARGV[1]: seconds. The longest wait that anybody was told counts.
_HOLD = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local release = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now + ARGV[1] * 1000000)
redis.call('SET', KEYS[1], string.format("%.0f", release), 'PX', math.max(1, math.ceil((release - now) / 1000)))
return 1
"""


class Provider(StrEnum):
    """Everybody outside who is asked for something, by the name in the settings."""

    DEXSCREENER = "dexscreener"
    JUPITER = "jupiter"
    DEFILLAMA = "defillama"
    COINGECKO = "coingecko"
    RUGCHECK = "rugcheck"
    HELIUS = "helius"
    SOLANA_NODE = "solana-node"
    EVM_NODE = "evm-node"
    REDDIT = "reddit"
    X = "x"
    TELEGRAM = "telegram"
    FEEDS = "feeds"  # each host for itself
    EXCHANGES = "exchanges"  # each exchange for itself


@dataclass(frozen=True)
class Budget:
    """One provider's budget, or that of one of its parts (a feed's host, an exchange).

    A `local` one stands in for the provider: what providers publish does not bind it, what the site decided does.
    `patience` is with the turn, in seconds; with what the provider asks for it is always short.
    """

    provider: Provider
    part: str = ""
    local: bool = False
    patience: float = PATIENCE

    def spend(self, requests: int = 1) -> None:
        """Wait for the turn of so many requests. RateLimited when it is further away than the patience."""
        wait, patient = self._wait(requests)
        if not patient:
            rate = f" ({self.rate})" if self.rate else ""
            raise RateLimited(wait, f"the budget of {self._name}{rate} is spent for {wait:.1f} s")
        if wait > 0:
            time.sleep(wait)

    def hold(self, seconds: float) -> None:
        """The provider asked to wait: nobody asks it again until then."""
        try:
            _script(_HOLD)(keys=[f"{_PREFIX}{self._name}:held"], args=[seconds], client=client())
        except REDIS_ERRORS:
            return  # each worker hears it from the provider itself

    @property
    def rate(self) -> Rate | None:
        """What the settings allow; None: no bound."""
        published = {} if self.local else settings.PROVIDER_LIMITS
        text = settings.PROVIDER_BUDGETS.get(self.provider) or published.get(self.provider)
        return parse_rate(text) if text else None

    @property
    def _name(self) -> str:
        return f"{self.provider}:{self.part}" if self.part else self.provider

    def _wait(self, requests: int) -> tuple[float, bool]:
        """Seconds until the turn, and whether they may be waited for."""
        rate = self.rate
        interval = rate.seconds * 1e6 / rate.limit if rate else 0.0
        tolerance = interval * (rate.limit - 1) if rate else 0.0
        names = [f"{_PREFIX}{self._name}", f"{_PREFIX}{self._name}:held"]
        words = [interval * requests, tolerance, self.patience * 1e6, PATIENCE * 1e6]
        try:
            wait, patient = _script(_SPEND)(keys=names, args=words, client=client())
        except REDIS_ERRORS:
            return 0.0, True
        return float(wait) / 1e6, bool(patient)


@lru_cache
def _script(text: str) -> Script:
    return client().register_script(text)
