"""What was computed."""

from analysis.models.pnl_report import PnlReport

__all__ = ["PnlReport"]
