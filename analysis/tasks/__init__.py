"""Celery finds the tasks here."""

from analysis.tasks.pnl import analyze_pnl

__all__ = ["analyze_pnl"]
