"""Parents that their children moved, told to browsers and to the dispatcher after the commit."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from jobs.store.dependencies import Parent
from jobs.wake import tell


def tell_parents(parents: Sequence[Parent]) -> None:
    """Append an event per parent: `enqueued` (it waits for a slot now) or `dependency_failed`."""
    for parent in parents:
        transaction.on_commit(partial(tell, parent.queue, *_event(parent)), robust=True)


def _event(parent: Parent) -> tuple[str, str, dict[str, str]]:
    if parent.state == "failed":
        reason = "a job that it depends on failed"
        return "dependency_failed", parent.uid, {"type": "DependencyFailed", "reason": reason}
    return "enqueued", parent.uid, {"reason": "the jobs that it depends on ended"}
