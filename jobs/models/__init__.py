"""The tables of the platform. Rows of `Job` are written by `jobs.store` alone."""

from jobs.models.attempt import Attempt
from jobs.models.dead_letter import DeadLetter
from jobs.models.dependency import Dependency
from jobs.models.job import Job
from jobs.models.schedule import ScheduledRun, SchedulePolicy
from jobs.models.throttle_window import ThrottleWindow
from jobs.models.token import ApiToken

__all__ = [
    "ApiToken",
    "Attempt",
    "DeadLetter",
    "Dependency",
    "Job",
    "SchedulePolicy",
    "ScheduledRun",
    "ThrottleWindow",
]
