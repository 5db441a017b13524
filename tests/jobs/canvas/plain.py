"""A plain Celery application: Redis carries the messages and keeps the results."""

import os
from urllib.parse import urlsplit

from celery import Celery

_ADDRESS = urlsplit(os.environ["REDIS_URL"])._replace(path="/1").geturl()

app = Celery("plain", broker=_ADDRESS, backend=_ADDRESS, include=["tests.jobs.canvas.tasks"])
app.conf.update(
    result_extended=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
)
