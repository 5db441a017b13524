"""The chaos job as a task of stock Celery with django-celery-results. `BENCH_ACKS=late` acknowledges late."""

import os
import signal
import time
from typing import Any

import django
from celery import Celery

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.stock_settings"
django.setup()

from jobs.chaos import marks  # noqa: E402 -- Django is set up first

RETRIES = 5
VISIBILITY = 10  # seconds: with Celery's own hour, a run would see nothing come back at all
_LATE = os.environ.get("BENCH_ACKS") == "late"

app = Celery("stock", broker=os.environ.get("REDIS_URL"), backend="django-db")
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": VISIBILITY},
    task_acks_late=_LATE,
    task_reject_on_worker_lost=_LATE,
)


class ChaosError(Exception):
    """It fails on purpose."""


@app.task(bind=True, name="chaos.work", max_retries=RETRIES)
def work(self: Any, *, key: str = "", seconds: float = 0.0, fails: int = 0, deadly: bool = False) -> str:
    """Leave a mark, take some time; fail the first `fails` attempts, or kill the process."""
    execution = marks.began(self.request.id, self.request.retries)
    if deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(seconds)
    if self.request.retries < fails:
        raise self.retry(exc=ChaosError(), countdown=min(2.0, 0.2 * 2**self.request.retries))
    marks.ended(execution)
    return key
