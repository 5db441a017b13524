"""What an intent starts: its check, and what brings it onto the chain. Whoever hands one in may start both."""

from typing import Any

from analysis.tasks.intents import fulfill_intent
from execution.tasks.intents import execute_intent

INTENT: tuple[Any, ...] = (fulfill_intent, execute_intent)
