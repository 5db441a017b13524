"""What was computed."""

from analysis.models.intent import Intent, Strategy
from analysis.models.pnl_report import PnlReport

__all__ = ["Intent", "PnlReport", "Strategy"]
