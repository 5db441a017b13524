"""The platform's own jobs: periodic ones, and a rehearsal of failing."""

from dataclasses import asdict

from celery import shared_task

from jobs import Snooze, Unique, automatic_retries, bulk_retries
from jobs.fence.connection import client
from jobs.fence.keys import PREFIX
from jobs.store.dead_letters import purge

_DAY = 86_400.0
_SLICE = 10.0  # seconds for which a bulk retry keeps its worker's slot at a time


@shared_task(time_limit=600, stale_after=900)
def purge_dead_letters(older_than_days: float = 30) -> dict[str, int]:
    """Delete dead letters that are older than so many days."""
    return {"deleted": purge(older_than_days * _DAY)}


@shared_task(time_limit=600, stale_after=900, unique=Unique())
def process_dead_letter_retries() -> dict[str, int]:
    """Retry the dead letters that are due, as their queues declare."""
    return asdict(automatic_retries.process())


@shared_task(
    time_limit=120, stale_after=180, unique=Unique("bulk"), max_retries=None, default_retry_delay=5,
    retry_unexpected=True,
)  # fmt: skip
def work_off_bulk_retry(bulk: int) -> dict[str, int]:
    """Retry many dead letters at a chosen rate; comes back until it is through, whatever restarts."""
    wait = bulk_retries.work_off(bulk, _SLICE)
    if wait is not None:
        raise Snooze(wait, f"bulk retry {bulk} goes on")
    ended = bulk_retries.get_bulk_retry(bulk)
    return {"retried": ended.retried, "refused": ended.refused}


@shared_task(time_limit=30, stale_after=60, max_retries=1, default_retry_delay=1, retry_unexpected=True)
def rehearse_failure(part: str) -> str:
    """Fails until `repair(part)` was called: for tours, drills and tests of one's alerts."""
    if not client().exists(_part_key(part)):
        raise RuntimeError(f"the part {part!r} is broken, on purpose")
    return f"the part {part!r} works again"


def repair(part: str, seconds: int = 3600) -> None:
    """Let `rehearse_failure` succeed for a while."""
    client().set(_part_key(part), "repaired", ex=seconds)


def _part_key(part: str) -> str:
    return f"{PREFIX}:rehearsal:{part}"
