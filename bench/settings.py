"""The product's settings with one more queue, for the measured job."""

from config.queues import QUEUES
from config.settings.base import *  # noqa: F403 -- Django reads settings as module attributes
from config.settings.base import env
from jobs.queues import Queue

DEBUG = False
JOBS_QUEUES = (
    *QUEUES,
    Queue("bench", "bench", concurrency=2, tasks=("bench.noop",), keep_completed=10_000_000),
)
CELERY_IMPORTS = [
    "bench.tasks",
    *(["bench.uncounted"] if env.str("BENCH_MONITORING", default="1") == "0" else []),
]

JOBS_PROCFILE = None  # its queue is consumed by the measured worker
