"""Django's admin: jobs and attempts to read, dead letters to deal with, schedules to edit, tokens to give."""

from jobs.admin import audit, dead_letters, jobs, results, schedules, tokens, users

__all__ = ["audit", "dead_letters", "jobs", "results", "schedules", "tokens", "users"]
