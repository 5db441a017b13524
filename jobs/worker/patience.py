"""Trying again while Redis is away."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from jobs.fence.connection import REDIS_ERRORS

logger = logging.getLogger(__name__)

_LONGEST_PAUSE = 1.0  # seconds
T = TypeVar("T")


def patiently(action: Callable[[], T], seconds: float, what: str) -> T:
    """Do `action`, again and again for up to `seconds` while Redis does not answer; then its error."""
    give_up_at = time.monotonic() + seconds
    pause = 0.05
    while True:
        try:
            return action()
        except REDIS_ERRORS as error:
            if time.monotonic() > give_up_at:
                raise
            logger.warning("%s waits for Redis: %s", what, error)
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
