"""What is remembered of what was done."""

from execution.models.notification import AlertRecipient, LetterAlert, Notification
from execution.models.speech import Speech

__all__ = ["AlertRecipient", "LetterAlert", "Notification", "Speech"]
