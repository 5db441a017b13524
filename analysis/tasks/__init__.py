"""Celery finds the tasks here."""

from analysis.tasks.alerts import check_alerts, check_specific_alert
from analysis.tasks.behavior import analyze_behavior
from analysis.tasks.dashboard import analyze_wallet_dashboard
from analysis.tasks.intents import fulfill_intent
from analysis.tasks.pnl import analyze_pnl
from analysis.tasks.risk import assess_coin_risk, assess_coin_risks
from analysis.tasks.similarity import calculate_similarity

__all__ = [
    "analyze_behavior",
    "analyze_pnl",
    "analyze_wallet_dashboard",
    "assess_coin_risk",
    "assess_coin_risks",
    "calculate_similarity",
    "check_alerts",
    "check_specific_alert",
    "fulfill_intent",
]
