"""Settings of the test suite: the same as in production, on throw-away services and with short leases."""

from config.queues import QUEUES
from config.settings.base import *  # noqa: F403 -- Django reads settings as module attributes
from config.settings.base import DATABASES, env
from jobs.breaker import Breaker
from jobs.queues import Queue
from jobs.retry import Exponential, Fixed

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["CONN_MAX_AGE"] = 0
JOBS_LEASE = env.float("JOBS_LEASE", default=2.0)
JOBS_LEADER_LEASE = 2.0
EVM_STEP_HOOK = env.str("EVM_STEP_HOOK", default="")  # a function that may stop a worker after a step
PROVIDER_BUDGETS = {}
PROVIDER_PAUSE = 0.0
JOBS_PROCFILE = None  # tests start their own workers
JOBS_QUEUES = (
    *QUEUES,
    Queue(
        "quick", "tests", concurrency=2, backoff=Exponential(0.2), keep_completed=100_000, keep_failed=100_000,
        tasks=("tests.sample_tasks.*",),
    ),
    Queue(
        "tenants", "tests", concurrency=2, key="tenant", keep_completed=100_000,
        tasks=("tests.sample_tasks.tenant_work", "tests.sample_tasks.asked_to_wait"),
    ),
    Queue("parted", "tests", concurrency=2, key="tenant", partitions=3, keep_completed=100_000),
    Queue("fixed", "tests", concurrency=1, attempts=3, backoff=Fixed(0.1), keep_completed=3, keep_failed=2),
    Queue("again", "tests", attempts=1, dead_letter_retry=Fixed(0.0), dead_letter_rounds=2),
)  # fmt: skip
JOBS_DEPENDENCIES = {"outside": Breaker(share=0.5, window=30, at_least=4, open_for=2, longest=8)}
CELERY_IMPORTS = ["tests.sample_tasks", "tests.jobs.canvas.tasks"]
CELERY_TASK_ROUTES = {
    "tests.sample_tasks.tenant_work": {"queue": "tenants"},
    "tests.sample_tasks.asked_to_wait": {"queue": "tenants"},
    "tests.sample_tasks.*": {"queue": "quick"},
}
TASKS = {
    "default": {
        "BACKEND": "jobs.django_tasks.MillraceBackend",
        "QUEUES": ["default", "notifications", "quick", "quikc", "fixed"],
    }
}
