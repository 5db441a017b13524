"""Celery finds the tasks here."""

from execution.tasks.notifications import send_notification
from execution.tasks.speech import process_tts

__all__ = ["process_tts", "send_notification"]
