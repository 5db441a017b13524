"""Celery finds the tasks here."""

from analysis.tasks.intents import fulfill_intent
from analysis.tasks.pnl import analyze_pnl

__all__ = ["analyze_pnl", "fulfill_intent"]
