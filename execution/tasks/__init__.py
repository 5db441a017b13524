"""Celery finds the tasks here."""

from execution.tasks.contracts import deploy_contract
from execution.tasks.intents import execute_intent

__all__ = ["deploy_contract", "execute_intent"]
