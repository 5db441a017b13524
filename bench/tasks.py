"""The same job as a task of this project."""

from celery import shared_task

from bench.noop import record


@shared_task(name="bench.noop")
def noop(value: float) -> None:
    """The job."""
    record(value)
