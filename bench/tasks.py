"""The same job as a task of this project."""

import os

from celery import shared_task

from bench.noop import record


@shared_task(name="bench.noop", bundle=os.environ.get("BENCH_BUNDLE", "1") == "1")
def noop(value: float) -> None:
    """The job."""
    record(value)
