"""Celery finds the tasks here."""

from execution.tasks.contracts import deploy_contract
from execution.tasks.dead_letters import notify_dead_letters
from execution.tasks.intents import execute_intent
from execution.tasks.notifications import send_notification
from execution.tasks.retention import cleanup_old_notifications, cleanup_old_speech
from execution.tasks.speech import process_tts

__all__ = [
    "cleanup_old_notifications",
    "cleanup_old_speech",
    "deploy_contract",
    "execute_intent",
    "notify_dead_letters",
    "process_tts",
    "send_notification",
]
