"""Django's admin: jobs and attempts to read, letters to deal with, queues and schedules to edit, tokens to give."""

from jobs.admin import (
    audit,
    dead_letters,
    jobs,
    queue_grants,
    queue_settings,
    results,
    schedules,
    tokens,
    users,
)

__all__ = [
    "audit",
    "dead_letters",
    "jobs",
    "queue_grants",
    "queue_settings",
    "results",
    "schedules",
    "tokens",
    "users",
]
