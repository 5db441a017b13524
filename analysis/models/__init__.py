"""What was computed."""

from analysis.models.alert import AlertChannel, AlertFiring, AlertKind, AlertRule
from analysis.models.pnl_report import PnlReport
from analysis.models.risk_assessment import RiskAssessment

__all__ = ["AlertChannel", "AlertFiring", "AlertKind", "AlertRule", "PnlReport", "RiskAssessment"]
