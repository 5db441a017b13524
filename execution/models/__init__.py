"""What is remembered of what was done."""

from execution.models.notification import AlertRecipient, LetterAlert, Notification

__all__ = ["AlertRecipient", "LetterAlert", "Notification"]
