"""Celery finds the tasks here."""

from execution.tasks.notifications import send_notification

__all__ = ["send_notification"]
