"""How an outsider is asked: within its budget, and again when it is likely to answer a moment later.

An attempt of a job is worth more than one request: a single lost packet among hundreds must not cost it. So
network errors, timeouts and 5xx are tried again here, a few times and not for long, and a short Retry-After is
waited for; what is still wrong then is the job's to retry.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

from enrichment.providers.budget import PATIENCE, Budget
from jobs.errors import RateLimited, Transient

TRIES = 5  # of one call
LONGEST = 25.0  # seconds after which a call is not begun again: two time-outs, or a row of quick refusals

T = TypeVar("T")


def ask(budget: Budget, call: Callable[[], T], requests: int = 1) -> T:
    """What the call gives. It may be made several times, and so must be one that does no harm twice.

    `requests` is what it costs of the budget. Raises what the last try raises: RateLimited, Transient, or at
    once anything else.
    """
    began = time.monotonic()
    for number in range(1, TRIES + 1):
        budget.spend(requests)
        try:
            return call()
        except RateLimited as asked:
            budget.hold(asked.delay)
            pause = asked.delay
            if pause > PATIENCE or number == TRIES:
                raise
        except Transient:
            pause = _pause(number)
            if number == TRIES or time.monotonic() - began + pause > LONGEST:
                raise
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _pause(number: int) -> float:
    """Twice as long each time, and never quite the same: workers that failed together come back apart."""
    longest: float = settings.PROVIDER_PAUSE * 2 ** (number - 1)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 -- spread, no secret
