"""Outcomes that never reach the rows: they went with a log that somebody trimmed or deleted.

A run that ended leaves a mark that keeps its job from being released until the outcome is folded. When the log
is folded past the outcome and the mark is still there, the outcome is lost: the run counts as stalled.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import redis

from jobs.dispatcher.log import Log
from jobs.fence import keys, leases

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Seen:
    """Marks by job id, and the end of the log when they had been there for a while."""

    marks: dict[str, str]
    upto: str = ""


class Unsettled:
    """The marks of the queues that a dispatcher leads, from one look to the next."""

    def __init__(self, client: "redis.Redis", log: Log) -> None:
        self._client = client
        self._log = log
        self._seen: dict[str, _Seen] = {}

    def stall(self, queues: Sequence[str]) -> int:
        """Look once; answers how many outcomes were found to be lost."""
        pipeline = self._client.pipeline(transaction=False)
        for queue in queues:
            pipeline.hgetall(keys.ended(queue))
        marks = zip(queues, pipeline.execute(), strict=True)
        return sum(self._look(queue, now) for queue, now in marks if now or queue in self._seen)

    def _look(self, queue: str, now: dict[str, str]) -> int:
        seen = self._seen.pop(queue, _Seen({}))
        still = {uid: mark for uid, mark in seen.marks.items() if now.get(uid) == mark}
        if not still:
            if now:
                self._seen[queue] = _Seen(now)
            return 0
        if seen.upto and self._log.is_folded(queue, seen.upto):
            return self._stall(queue, still)
        self._seen[queue] = _Seen(still, seen.upto or self._log.end(queue))
        return 0

    def _stall(self, queue: str, marks: dict[str, str]) -> int:
        for uid, mark in marks.items():
            run = int(mark.partition("|")[0])
            leases.lose(self._client, queue, uid, run, "its outcome was lost with the log")
        logger.warning("%s: %d outcomes were lost with the log", queue, len(marks))
        return len(marks)
