"""So many requests a minute per client, counted in Redis for all web processes together."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client

_WINDOW = 60  # seconds


class PerClient(BaseThrottle):
    """A fixed window per user, or per address for requests that are not signed in."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the request. While Redis is away nobody is turned down."""
        try:
            return _count(_who(request)) <= _limit()
        except REDIS_ERRORS:
            return True

    def wait(self) -> float:
        """Seconds until the window ends."""
        return _WINDOW - time.time() % _WINDOW


def _limit() -> int:
    return int(getattr(settings, "JOBS_API_REQUESTS_PER_MINUTE", 1200))


def _count(who: str) -> int:
    key = f"{keys.PREFIX}:requests:{who}:{int(time.time() // _WINDOW)}"
    pipeline = client(timeout=1.0).pipeline(transaction=False)
    pipeline.incr(key)
    pipeline.expire(key, 2 * _WINDOW)
    return int(pipeline.execute()[0])


def _who(request: HttpRequest) -> str:
    user: Any = getattr(request, "auth", None)
    return f"user-{user.pk}" if user else f"address-{request.META.get('REMOTE_ADDR', '')}"
