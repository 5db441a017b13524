"""Retention, all the time: a little at each tick, so that releases and folds never wait for it."""

import time
from collections.abc import Iterable

from jobs import configuration
from jobs.queues import Queue
from jobs.store.retention import Keep, prune

_REST = 5.0  # seconds before a queue is looked at again that had nothing more to delete
_BUDGET = 0.1  # seconds that one call takes at the most, but for the batch that it is in


class Pruner:
    """Remembers per queue and state where to go on, and when to look again."""

    def __init__(self) -> None:
        self._due: dict[tuple[str, str], float] = {}
        self._cursors: dict[tuple[str, str], int] = {}

    def work(self, queues: Iterable[str]) -> int:
        """Delete what is due, those that wait longest first; answers how many jobs went."""
        began = time.monotonic()
        book, grace = configuration.queue_book(), configuration.retention_grace()
        kept = {(keep.queue, keep.state): keep for name in queues for keep in keeps(book.get(name), grace)}
        deleted = 0
        for key in sorted(kept, key=lambda key: self._due.get(key, 0.0)):
            while self._due.get(key, 0.0) <= time.monotonic():
                deleted += self._batch(kept[key])
                if time.monotonic() - began > _BUDGET:
                    return deleted
        return deleted

    def _batch(self, keep: Keep) -> int:
        key = keep.queue, keep.state
        pruned = prune(keep, self._cursors.get(key, 0))
        self._cursors[key] = pruned.cursor
        self._due[key] = time.monotonic() + (0.0 if pruned.more else _REST)
        return pruned.deleted


def keeps(queue: Queue, grace: float) -> tuple[Keep, ...]:
    """What a queue keeps of each way to end."""
    counts = {"completed": queue.keep_completed, "failed": queue.keep_failed, "cancelled": queue.keep_failed}
    return tuple(Keep(queue.name, state, count, grace, queue.keep_for) for state, count in counts.items())
