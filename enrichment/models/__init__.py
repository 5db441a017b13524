"""What is remembered of the outside world."""

from enrichment.models.sync import SyncState
from enrichment.models.token import Token, TokenBalance
from enrichment.models.token_market import TokenMarket
from enrichment.models.transaction import TokenTransfer, Trade, WalletTransaction
from enrichment.models.wallet import Wallet

__all__ = [
    "SyncState", "Token", "TokenBalance", "TokenMarket", "TokenTransfer", "Trade", "Wallet", "WalletTransaction",
]  # fmt: skip
