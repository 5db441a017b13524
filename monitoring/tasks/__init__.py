"""Periodic jobs that watch the others."""

from monitoring.tasks import alerts, health, metrics  # noqa: F401 -- registers the tasks with Celery
