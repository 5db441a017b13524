"""Wiring: settings, the Celery application, URLs, queues and schedules. Imported by nobody."""

from config.celery import app as celery

__all__ = ["celery"]
