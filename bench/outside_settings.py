"""The product's settings for measurements against the sandbox: every job is kept, to be counted."""

from dataclasses import replace

from config.queues import QUEUES
from config.settings.base import *  # noqa: F403 -- Django reads settings as module attributes

JOBS_QUEUES = tuple(replace(queue, keep_completed=1_000_000, keep_failed=1_000_000) for queue in QUEUES)
JOBS_PROCFILE = None  # the measurement starts its own workers
ENABLE_SCHEDULED_JOBS = False
