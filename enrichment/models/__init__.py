"""What is remembered of the outside world."""

from enrichment.models.exchange import (
    BulkSyncPart,
    ExchangeAccount,
    ExchangeBalance,
    Order,
    OrderCursor,
    Ticker,
)
from enrichment.models.sync import SyncState
from enrichment.models.token import Token, TokenBalance
from enrichment.models.transaction import TokenTransfer, Trade, WalletTransaction
from enrichment.models.wallet import Wallet

__all__ = [
    "BulkSyncPart",
    "ExchangeAccount",
    "ExchangeBalance",
    "Order",
    "OrderCursor",
    "SyncState",
    "Ticker",
    "Token",
    "TokenBalance",
    "TokenTransfer",
    "Trade",
    "Wallet",
    "WalletTransaction",
]
