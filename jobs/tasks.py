"""The platform's own jobs: periodic ones, and a rehearsal of failing."""

from dataclasses import asdict
from typing import Any

from celery import shared_task, signature
from celery.app.task import Context

from jobs import Snooze, Unique, automatic_retries, bulk_retries
from jobs.fence.connection import client
from jobs.fence.keys import PREFIX
from jobs.store.dead_letters import purge
from jobs.worker.run_bundle import run_bundle

__all__ = ["purge_dead_letters", "rehearse_failure", "repair", "run_bundle"]

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


@shared_task(name="jobs.call_errback", bind=True, ignore_result=True, max_retries=0)
def call_errback(
    self: Any, errback: dict[str, Any], request: dict[str, Any], error: dict[str, Any], trace: str | None
) -> None:
    """Call an errback with the request, the error and the traceback of a task that failed."""
    failure = self.backend.exception_to_python(error)
    signature(errback, app=self.app)(Context(request), failure, trace)


def repair(part: str, seconds: int = 3600) -> None:
    """Let `rehearse_failure` succeed for a while."""
    client().set(_part_key(part), "repaired", ex=seconds)


def _part_key(part: str) -> str:
    return f"{PREFIX}:rehearsal:{part}"


@shared_task(bind=True)
def run_django_task(self: Any, path: str, args: list[Any], kwargs: dict[str, Any], backend: str) -> Any:
    """Run a task of Django's tasks API; enqueued by `jobs.django_tasks.MillraceBackend`."""
    from jobs.django_tasks import call

    return call(self.request.id, path, args, kwargs, backend)
