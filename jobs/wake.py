"""Telling the dispatcher that there is work, after the commit. Best effort: its own poll finds the rest."""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, cast

from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client

logger = logging.getLogger(__name__)

_PAUSE_AFTER_FAILURE = 1.0  # seconds without a try, so that callers are not slowed down while Redis is away
_quiet_until = 0.0


def wake(queues: Sequence[str]) -> None:
    """Append a wake-up to the log of each queue. Redis being away is no error: the row is there."""
    _append([(queue, {"e": "enqueued"}) for queue in queues])


def tell(queue: str, event: str, uid: str, data: Mapping[str, Any]) -> None:
    """Append what an operator did to a job outside its runs: `enqueued` (it waits again) or `withdrawn`
    (it was cancelled before it started). The rows are changed already; browsers want to know, and no poll would
    tell them: it is tried although Redis was away a moment ago."""
    forget_outage()
    _append([(queue, {"e": event, "j": uid, "d": json.dumps(data)})])


def forget_outage() -> None:
    """Try again at once, although Redis may have been away a moment ago: it was replaced."""
    global _quiet_until  # noqa: PLW0603 -- as below
    _quiet_until = 0.0


def _append(entries: Sequence[tuple[str, dict[str, str]]]) -> None:
    global _quiet_until  # noqa: PLW0603 -- one pause for the whole process
    if time.monotonic() < _quiet_until:
        return
    try:
        redis = client(timeout=1.0)
        for queue, fields in entries:
            redis.xadd(keys.events(queue), cast("dict[Any, Any]", fields))
    except REDIS_ERRORS as error:
        _quiet_until = time.monotonic() + _PAUSE_AFTER_FAILURE
        logger.warning("no wake-up sent, the dispatcher's poll will find the job: %s", error)
