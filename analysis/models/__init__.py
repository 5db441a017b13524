"""What was computed."""

from analysis.models.alert import AlertChannel, AlertFiring, AlertKind, AlertRule
from analysis.models.behavior_report import BehaviorReport
from analysis.models.intent import Intent, Strategy
from analysis.models.pnl_report import PnlReport
from analysis.models.risk_assessment import RiskAssessment
from analysis.models.similarity_report import SimilarityReport
from analysis.models.wallet_dashboard import WalletDashboard

__all__ = [
    "AlertChannel",
    "AlertFiring",
    "AlertKind",
    "AlertRule",
    "BehaviorReport",
    "Intent",
    "PnlReport",
    "RiskAssessment",
    "SimilarityReport",
    "Strategy",
    "WalletDashboard",
]
