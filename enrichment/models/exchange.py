"""Accounts on exchanges, and what was read of them: orders, balances, ticker prices."""

from django.conf import settings
from django.db import models

from jobs.ids import new_id

OPEN = "open"


class ExchangeAccount(models.Model):
    """A user's account on an exchange. `keys` is encrypted (see `jobs.encryption`); `hint` is what is shown.

    `digest` tells equal keys without decrypting them. `reason` is why the exchange last refused the keys.
    """

    uid = models.CharField(max_length=36, unique=True, default=new_id)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exchange_accounts")
    exchange = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    keys = models.JSONField()
    hint = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    premium = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    orders_at = models.DateTimeField(null=True)
    balances_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "exchange", "digest"], name="exchange_account_once"),
        )

    def __str__(self) -> str:
        return f"{self.label} ({self.exchange}, {self.hint})"


class Order(models.Model):
    """An order as the exchange last told it. `status` is open, closed, canceled, expired or rejected.

    `price` is None for a market order, `average` None while nothing is filled; `cost` is in the quote asset.
    """

    account = models.ForeignKey(ExchangeAccount, models.CASCADE, related_name="orders")
    symbol = models.CharField(max_length=40)
    order_id = models.CharField(max_length=64)
    client_id = models.CharField(max_length=64, default="")
    side = models.CharField(max_length=4)
    type = models.CharField(max_length=32)
    time_in_force = models.CharField(max_length=8, default="")
    status = models.CharField(max_length=16)
    price = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    average = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    amount = models.DecimalField(max_digits=38, decimal_places=18)
    filled = models.DecimalField(max_digits=38, decimal_places=18)
    cost = models.DecimalField(max_digits=38, decimal_places=18)
    placed_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "symbol", "order_id"], name="exchange_order_once"),
        )
        indexes = (
            models.Index(fields=["account", "-placed_at", "-id"], name="exchange_order_history"),
            models.Index(fields=["account"], name="exchange_order_open", condition=models.Q(status=OPEN)),
        )

    def __str__(self) -> str:
        return f"{self.side} {self.amount} {self.symbol}: {self.status}"


class Fill(models.Model):
    """A trade that filled an order, or a part of it. `cost` is in the quote asset, `fee` in `fee_asset`.

    It names its order by the exchange's id, not by a key: an exchange may tell a trade before its order.
    """

    account = models.ForeignKey(ExchangeAccount, models.CASCADE, related_name="fills")
    symbol = models.CharField(max_length=40)
    trade_id = models.CharField(max_length=64)
    order_id = models.CharField(max_length=64)
    side = models.CharField(max_length=4)
    is_maker = models.BooleanField(default=False)
    price = models.DecimalField(max_digits=38, decimal_places=18)
    amount = models.DecimalField(max_digits=38, decimal_places=18)
    cost = models.DecimalField(max_digits=38, decimal_places=18)
    fee = models.DecimalField(max_digits=38, decimal_places=18)
    fee_asset = models.CharField(max_length=20, default="")
    filled_at = models.DateTimeField()

    class Meta:
        constraints = (
            # An order that meets another of the same account has both sides of a trade, under one id.
            models.UniqueConstraint(
                fields=["account", "symbol", "trade_id", "order_id"], name="exchange_fill_once"
            ),
        )
        indexes = (
            models.Index(fields=["account", "-filled_at", "-id"], name="exchange_fill_history"),
            models.Index(fields=["account", "symbol", "order_id"], name="exchange_fill_of_order"),
        )

    def __str__(self) -> str:
        return f"{self.side} {self.amount} {self.symbol} at {self.price}"


class OrderCursor(models.Model):
    """How far an account's orders in one market are known: what the exchange is asked to go on from.

    `fills` is the same of the trades that filled them, None where none was asked for.
    """

    account = models.ForeignKey(ExchangeAccount, models.CASCADE, related_name="cursors")
    symbol = models.CharField(max_length=40)
    position = models.JSONField()
    fills = models.JSONField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "symbol"], name="order_cursor_once"),)

    def __str__(self) -> str:
        return f"{self.account}: {self.symbol} from {self.position}"


class ExchangeBalance(models.Model):
    """What an account has of an asset: free, and locked by open orders."""

    account = models.ForeignKey(ExchangeAccount, models.CASCADE, related_name="balances")
    asset = models.CharField(max_length=20)
    free = models.DecimalField(max_digits=38, decimal_places=18)
    locked = models.DecimalField(max_digits=38, decimal_places=18)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "asset"], name="exchange_balance_once"),)

    def __str__(self) -> str:
        return f"{self.free} and {self.locked} locked of {self.asset}"


class Ticker(models.Model):
    """A market's newest price on an exchange, and its last 24 hours; volumes in base and quote asset."""

    exchange = models.CharField(max_length=40)
    symbol = models.CharField(max_length=40)
    last = models.DecimalField(max_digits=38, decimal_places=18)
    bid = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    ask = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    high = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    low = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    volume = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    quote_volume = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    change = models.DecimalField(max_digits=20, decimal_places=6, null=True)  # percent
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["exchange", "symbol"], name="ticker_once"),)

    def __str__(self) -> str:
        return f"{self.symbol} on {self.exchange}: {self.last}"


class BulkSyncPart(models.Model):
    """An account's part in a sync of many: the job that does it, and how that ended (empty while it has not)."""

    bulk = models.CharField(max_length=255)
    account = models.CharField(max_length=36)
    job = models.CharField(max_length=255)
    outcome = models.CharField(max_length=16, default="")
    reason = models.CharField(max_length=300, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["bulk", "account"], name="bulk_sync_part_once"),)

    def __str__(self) -> str:
        return f"{self.account}: {self.outcome or 'under way'}"
