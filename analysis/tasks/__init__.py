"""Celery finds the tasks here."""

from analysis.tasks.alerts import check_alerts, check_specific_alert
from analysis.tasks.intents import fulfill_intent
from analysis.tasks.pnl import analyze_pnl
from analysis.tasks.risk import assess_coin_risk, assess_coin_risks

__all__ = [
    "analyze_pnl",
    "assess_coin_risk",
    "assess_coin_risks",
    "check_alerts",
    "check_specific_alert",
    "fulfill_intent",
]
