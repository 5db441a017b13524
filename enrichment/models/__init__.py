"""What is remembered of the outside world."""

from enrichment.models.coin import Coin, PricePoint
from enrichment.models.sync import SyncState
from enrichment.models.token import Token, TokenBalance
from enrichment.models.transaction import TokenTransfer, Trade, WalletTransaction
from enrichment.models.wallet import Wallet

__all__ = [
    "Coin",
    "PricePoint",
    "SyncState",
    "Token",
    "TokenBalance",
    "TokenTransfer",
    "Trade",
    "Wallet",
    "WalletTransaction",
]
