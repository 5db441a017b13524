"""What is remembered of the outside world, in the admin: to read, but for what people decide. No key is shown."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from enrichment.models import (
    BulkSyncPart,
    Coin,
    ExchangeAccount,
    ExchangeBalance,
    Fill,
    NewsArticle,
    NewsFeed,
    Order,
    OrderCursor,
    PricePoint,
    ScrapedCoin,
    SocialMention,
    SocialMetric,
    SocialPost,
    SyncState,
    Ticker,
    Token,
    TokenBalance,
    TokenMarket,
    TokenTransfer,
    Trade,
    Wallet,
    WalletTransaction,
)
from enrichment.services.exchanges.accounts import remove_account
from jobs import audit
from jobs.admin.audited import Audited
from jobs.admin.reading import shows


@admin.register(ExchangeAccount)
class ExchangeAccountAdmin(ModelAdmin):
    """Whose account it is and how it does. Keys are entered on the page of exchanges, and shown nowhere."""

    list_display = ("label", "exchange", "hint", "user", "premium", "orders_at", "reason")
    list_filter = ("exchange", "premium")
    list_select_related = ("user",)
    search_fields = ("label", "=uid")
    fields = (
        "label", "premium", "uid", "user", "exchange", "hint", "reason", "created_at", "checked_at", "orders_at",
        "balances_at",
    )  # fmt: skip
    readonly_fields = fields[2:]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: an account is added once the exchange has accepted its keys."""
        return False

    def save_model(self, request: HttpRequest, obj: ExchangeAccount, form: Any, change: Any) -> None:
        """With an entry in the audit trail."""
        super().save_model(request, obj, form, change)
        audit.record(
            "change exchange account", f"exchange account {obj.uid}", label=obj.label, premium=obj.premium
        )

    def delete_model(self, request: HttpRequest, obj: ExchangeAccount) -> None:
        """As on its page."""
        remove_account(obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[ExchangeAccount]") -> None:
        """One by one, each told in the audit trail."""
        for account in queryset:
            remove_account(account)


@admin.register(ScrapedCoin)
class ScrapedCoinAdmin(Audited, ModelAdmin):
    """Which coins are listened to, and under which names people talk of them."""

    audited_fields = ("watched",)
    list_display = ("symbol", "name", "coin", "watched", "scraped_at")
    list_filter = ("watched",)
    search_fields = ("symbol", "name", "=coin")
    readonly_fields = ("scraped_at",)


_ACCOUNT = {"list_filter": ("account__exchange",), "list_select_related": ("account",)}

shows(
    Order,
    "symbol account side type status price amount filled placed_at",
    search_fields=("=order_id", "=symbol"),
    **_ACCOUNT,
)
shows(
    Fill,
    "symbol account side is_maker price amount fee fee_asset filled_at",
    search_fields=("=order_id", "=trade_id"),
    **_ACCOUNT,
)
shows(OrderCursor, "account symbol position fills", **_ACCOUNT)
shows(ExchangeBalance, "account asset free locked", **_ACCOUNT)
shows(Ticker, "symbol exchange last bid ask change at", list_filter=("exchange",), search_fields=("symbol",))
shows(BulkSyncPart, "bulk account job outcome reason", search_fields=("=bulk",))
shows(
    Coin,
    "slug symbol name mint active created_at",
    list_filter=("active",),
    search_fields=("slug", "symbol", "=mint"),
)
shows(
    PricePoint,
    "coin time usd liquidity volume_24h source",
    list_filter=("source",),
    list_select_related=("coin",),
)
shows(
    NewsArticle,
    "title source published_at breaking sentiment",
    list_filter=("breaking", "source"),
    search_fields=("title",),
)
shows(NewsFeed, "title url fetched_at changed_at problem")
shows(
    SocialPost,
    "platform author posted_at sentiment likes replies",
    list_filter=("platform",),
    search_fields=("=post_id",),
)
shows(SocialMention, "coin post posted_at", list_select_related=("post",), search_fields=("=coin",))
shows(
    SocialMetric,
    "coin platform window_start mentions sentiment",
    list_filter=("platform",),
    search_fields=("=coin",),
)
shows(Token, "symbol name mint decimals updated_at", search_fields=("symbol", "=mint"))
shows(TokenMarket, "token price liquidity change_24h source fetched_at", list_select_related=("token",))
shows(TokenBalance, "wallet mint amount decimals", list_select_related=("wallet",), search_fields=("=mint",))
shows(Wallet, "address lamports balances_at created_at", search_fields=("=address",))
shows(
    SyncState,
    "wallet complete source last_synced_at",
    list_filter=("complete", "source"),
    list_select_related=("wallet",),
)
shows(
    WalletTransaction,
    "signature wallet time fee failed",
    list_select_related=("wallet",),
    search_fields=("=signature",),
    exclude=("raw",),
)
shows(
    Trade, "transaction sold_amount sold_mint bought_amount bought_mint", list_select_related=("transaction",)
)
shows(
    TokenTransfer,
    "transaction kind incoming amount mint",
    list_filter=("kind",),
    list_select_related=("transaction",),
)
