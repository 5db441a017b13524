"""Celery that keeps results with django-celery-results. `BENCH_REUSE=1` keeps its database connection, too."""

import os

import django
from celery import Celery

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.stock_settings"
django.setup()

from django.core.management import call_command  # noqa: E402 -- Django is set up first
from django_celery_results.models import TaskResult  # noqa: E402 -- Django is set up first

from bench.noop import record  # noqa: E402 -- Django is set up first
from bench.peers.interface import Peer  # noqa: E402 -- Django is set up first

app = Celery("stock", broker=os.environ.get("REDIS_URL"), backend="django-db")
app.conf.update(broker_connection_retry_on_startup=True)
if os.environ.get("BENCH_REUSE") == "1":
    app.conf.CELERY_DB_REUSE_MAX = 10**6


@app.task(name="bench.noop")
def noop(value: float) -> None:
    """The job."""
    record(value)


if __name__ == "__main__":
    Peer(
        one=noop.delay,
        stored=TaskResult.objects.filter(status="SUCCESS").count,
        prepare=lambda: call_command("migrate", verbosity=0),
    ).answer()
