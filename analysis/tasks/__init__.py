"""Celery finds the tasks here."""

from analysis.tasks.behavior import analyze_behavior
from analysis.tasks.dashboard import analyze_wallet_dashboard
from analysis.tasks.pnl import analyze_pnl
from analysis.tasks.similarity import calculate_similarity

__all__ = ["analyze_behavior", "analyze_pnl", "analyze_wallet_dashboard", "calculate_similarity"]
