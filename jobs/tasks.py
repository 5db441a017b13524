"""The platform's own periodic jobs."""

from celery import shared_task

from jobs.store.dead_letters import purge

_DAY = 86_400.0


@shared_task(time_limit=600, stale_after=900)
def purge_dead_letters(older_than_days: float = 30) -> dict[str, int]:
    """Delete dead letters that are older than so many days."""
    return {"deleted": purge(older_than_days * _DAY)}
