"""What pages and HTTP show of exchange accounts. A user sees the own accounts alone; keys are never read here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from enrichment.models import ExchangeAccount, ExchangeBalance, Fill, Order, Ticker
from enrichment.models.exchange import OPEN
from enrichment.providers.exchanges.samples import SampleAccount, fetch_sample_accounts
from jobs.errors import NotFound, OptionRefused

_QUOTES = ("USDT", "USDC", "USD")
Dollars = Mapping[str, Decimal]  # of one unit of each asset
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Balance:
    """What an account has of an asset; `usd` is what it is worth, None where no price is known."""

    asset: str
    free: Decimal
    locked: Decimal
    usd: Decimal | None

    @property
    def total(self) -> Decimal:
        """Free and locked together."""
        return self.free + self.locked


@dataclass(frozen=True)
class OrderFilter:
    """Which orders; empty fields mean any. `after` and `before` bound the time of placing."""

    account: str = ""
    symbol: str = ""
    status: str = ""
    side: str = ""
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class OrderPage:
    """Orders, newest first; `next` is the cursor of the next page, None at the end."""

    orders: Sequence[Order]
    next: str | None


@dataclass(frozen=True)
class FillFilter:
    """Which fills; empty fields mean any. `order` is the exchange's id of the order."""

    account: str = ""
    symbol: str = ""
    order: str = ""


@dataclass(frozen=True)
class FillPage:
    """Fills, newest first; `next` is the cursor of the next page, None at the end."""

    fills: Sequence[Fill]
    next: str | None


@dataclass(frozen=True)
class Fees:
    """All that was paid in one asset; `usd` is its worth now, None where no price is known."""

    asset: str
    amount: Decimal
    usd: Decimal | None


def sample_accounts() -> tuple[SampleAccount, ...]:
    """Accounts to try; none when the exchanges are real ones."""
    return fetch_sample_accounts()


def accounts_of(user: Any) -> list[ExchangeAccount]:
    """A user's accounts in the order of adding, each with `order_count` and `open_count`."""
    counted = ExchangeAccount.objects.filter(user=user).annotate(
        order_count=Count("orders"), open_count=Count("orders", filter=Q(orders__status=OPEN))
    )
    return list(counted.order_by("id"))


def account_of(user: Any, uid: str) -> ExchangeAccount:
    """One of a user's accounts. NotFound for one that does not exist or is somebody else's."""
    found = ExchangeAccount.objects.filter(user=user, uid=uid).first()
    if found is None:
        raise NotFound(f"You have no exchange account {uid}.")
    return found


def balances_of(account: ExchangeAccount, prices: Dollars) -> list[Balance]:
    """What the account holds, the most valuable first; `prices` are those of its exchange."""
    rows = [
        Balance(row.asset, row.free, row.locked, _worth(row, prices))
        for row in ExchangeBalance.objects.filter(account=account)
    ]
    return sorted(rows, key=lambda row: (row.usd is None, -(row.usd or 0), row.asset))


def orders_of(user: Any, wanted: OrderFilter, cursor: str | None = None, size: int = 50) -> OrderPage:
    """A page of a user's orders, newest first. OptionRefused for a cursor that is none."""
    rows = _filtered(user, wanted)
    return OrderPage(*_page(rows, "placed_at", cursor, size))


def fills_of(user: Any, wanted: FillFilter, cursor: str | None = None, size: int = 50) -> FillPage:
    """A page of the fills of a user's orders, newest first. OptionRefused for a cursor that is none."""
    exact = {"account__uid": wanted.account, "symbol": wanted.symbol, "order_id": wanted.order}
    rows = Fill.objects.filter(account__user=user, **{name: value for name, value in exact.items() if value})
    return FillPage(*_page(rows, "filled_at", cursor, size))


def fees_of(account: ExchangeAccount, prices: Dollars) -> list[Fees]:
    """What the account's fills cost in fees, by asset, the dearest first; `prices` are those of its exchange."""
    sums = Fill.objects.filter(account=account, fee__gt=0).values_list("fee_asset").annotate(Sum("fee"))
    fees = [
        Fees(asset, amount, None if asset not in prices else amount * prices[asset]) for asset, amount in sums
    ]
    return sorted(fees, key=lambda one: (one.usd is None, -(one.usd or 0), one.asset))


def order_of(user: Any, number: int) -> Order:
    """One of a user's orders. NotFound when there is none."""
    found = Order.objects.select_related("account").filter(account__user=user, id=number).first()
    if found is None:
        raise NotFound(f"You have no order {number}.")
    return found


def tickers_of(exchange: str, limit: int = 300) -> list[Ticker]:
    """The stored prices of an exchange, the busiest markets first."""
    return list(Ticker.objects.filter(exchange=exchange).order_by("-quote_volume", "symbol")[:limit])


def dollars_at(exchange: str) -> Dollars:
    """What one unit of each asset is worth in dollars, by the stored prices."""
    prices: dict[str, Decimal] = {}
    for symbol, last in Ticker.objects.filter(exchange=exchange).values_list("symbol", "last"):
        base, _, quote = symbol.partition("/")
        if quote in _QUOTES:
            prices.setdefault(base, last)
    return prices | dict.fromkeys(_QUOTES, Decimal(1))


def _filtered(user: Any, wanted: OrderFilter) -> QuerySet[Order]:
    exact = {
        "account__uid": wanted.account,
        "symbol": wanted.symbol,
        "status": wanted.status,
        "side": wanted.side,
        "placed_at__gte": wanted.after,
        "placed_at__lt": wanted.before,
    }
    return Order.objects.filter(account__user=user, **{name: value for name, value in exact.items() if value})


def _page(rows: QuerySet[Any], time: str, cursor: str | None, size: int) -> tuple[list[Any], str | None]:
    """The rows after a cursor, newest first by the column `time`, and the next cursor."""
    if cursor:
        moment, number = _read_cursor(cursor)
        rows = rows.filter(Q(**{f"{time}__lt": moment}) | Q(**{time: moment}, id__lt=number))
    page = list(rows.select_related("account").order_by(f"-{time}", "-id")[: size + 1])
    if len(page) <= size:
        return page, None
    last = page[size - 1]
    return page[:size], f"{(getattr(last, time) - _EPOCH) // timedelta(microseconds=1)}-{last.pk}"


def _read_cursor(text: str) -> tuple[datetime, int]:
    moment, dash, number = text.partition("-")
    if not (dash and moment.isascii() and moment.isdigit() and number.isascii() and number.isdigit()):
        raise OptionRefused("cursor", "is none that a page gave")
    if len(moment) > 17 or len(number) > 18:
        raise OptionRefused("cursor", "is none that a page gave")
    return _EPOCH + timedelta(microseconds=int(moment)), int(number)


def _worth(row: ExchangeBalance, prices: Dollars) -> Decimal | None:
    price = prices.get(row.asset)
    return None if price is None else (row.free + row.locked) * price
