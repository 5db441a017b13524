"""The platform's own jobs: periodic ones, and a rehearsal of failing."""

from typing import Any

from celery import shared_task

from jobs.fence.connection import client
from jobs.fence.keys import PREFIX
from jobs.store.dead_letters import purge

_DAY = 86_400.0


@shared_task(time_limit=600, stale_after=900)
def purge_dead_letters(older_than_days: float = 30) -> dict[str, int]:
    """Delete dead letters that are older than so many days."""
    return {"deleted": purge(older_than_days * _DAY)}


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


@shared_task(bind=True)
def run_django_task(self: Any, path: str, args: list[Any], kwargs: dict[str, Any], backend: str) -> Any:
    """Run a task of Django's tasks API; enqueued by `jobs.django_tasks.MillraceBackend`."""
    from jobs.django_tasks import call

    return call(self.request.id, path, args, kwargs, backend)
