"""What was computed."""

from analysis.models.behavior_report import BehaviorReport
from analysis.models.pnl_report import PnlReport
from analysis.models.similarity_report import SimilarityReport
from analysis.models.wallet_dashboard import WalletDashboard

__all__ = ["BehaviorReport", "PnlReport", "SimilarityReport", "WalletDashboard"]
