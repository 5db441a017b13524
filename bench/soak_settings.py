"""The bench settings with the queues of a chaos run, which keep little: what grows all the same is a leak."""

from dataclasses import replace

from bench.settings import *  # noqa: F403 -- Django reads settings as module attributes
from bench.settings import JOBS_QUEUES as _BENCH
from config.schedule import SCHEDULES
from jobs.chaos.queues import QUEUES as _CHAOS
from jobs.chaos.queues import WORK as _WORK
from jobs.schedules import Schedule

_OWN = ("jobs.", "monitoring.")  # the platform's housekeeping; the rest would ask the outside world

JOBS_CHAOS = True
JOBS_QUEUES = (*_BENCH, *(replace(queue, keep_completed=500, keep_failed=500) for queue in _CHAOS))
JOBS_SCHEDULES = (
    *(schedule for schedule in SCHEDULES if schedule.task.startswith(_OWN)),
    Schedule("soak", _WORK, crontab="* * * * *"),
)
CELERY_IMPORTS = ["bench.tasks", "jobs.chaos.tasks"]
