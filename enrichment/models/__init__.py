"""What is remembered of the outside world."""

from enrichment.models.coin import Coin, PricePoint
from enrichment.models.exchange import (
    BulkSyncPart,
    ExchangeAccount,
    ExchangeBalance,
    Fill,
    Order,
    OrderCursor,
    Ticker,
)
from enrichment.models.news import NewsArticle, NewsFeed
from enrichment.models.social import ScrapedCoin, SocialMention, SocialMetric, SocialPost
from enrichment.models.sync import SyncState
from enrichment.models.token import Token, TokenBalance
from enrichment.models.token_market import TokenMarket
from enrichment.models.transaction import TokenTransfer, Trade, WalletTransaction
from enrichment.models.wallet import Wallet

__all__ = [
    "BulkSyncPart",
    "Coin",
    "ExchangeAccount",
    "ExchangeBalance",
    "Fill",
    "NewsArticle",
    "NewsFeed",
    "Order",
    "OrderCursor",
    "PricePoint",
    "ScrapedCoin",
    "SocialMention",
    "SocialMetric",
    "SocialPost",
    "SyncState",
    "Ticker",
    "Token",
    "TokenBalance",
    "TokenMarket",
    "TokenTransfer",
    "Trade",
    "Wallet",
    "WalletTransaction",
]
