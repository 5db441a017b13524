"""What was computed."""

from analysis.models.alert import AlertChannel, AlertFiring, AlertKind, AlertRule
from analysis.models.intent import Intent, Strategy
from analysis.models.pnl_report import PnlReport
from analysis.models.risk_assessment import RiskAssessment

__all__ = [
    "AlertChannel",
    "AlertFiring",
    "AlertKind",
    "AlertRule",
    "Intent",
    "PnlReport",
    "RiskAssessment",
    "Strategy",
]
