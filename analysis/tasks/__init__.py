"""Celery finds the tasks here."""

from analysis.tasks.pnl import analyze_pnl
from analysis.tasks.risk import assess_coin_risk, assess_coin_risks

__all__ = ["analyze_pnl", "assess_coin_risk", "assess_coin_risks"]
