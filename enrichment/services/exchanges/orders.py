"""Brings an account's orders and their fills in, market by market and page by page.

After a crash the next sync goes on where this one ended.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from enrichment.models import ExchangeAccount, Fill, Order
from enrichment.models.exchange import OPEN
from enrichment.providers.exchanges.client import ExchangeClient
from enrichment.providers.exchanges.errors import NothingThere
from enrichment.providers.exchanges.records import OrderRecord
from enrichment.services.exchanges.store import (
    Stored,
    fills_position_of,
    forget_positions,
    markets_owing_fills,
    position_of,
    store_fills,
    store_gone,
    store_orders,
    store_page,
)
from jobs.errors import Permanent

PAGE = 500  # orders held in memory and stored at a time
_FEW = 25  # markets of an exchange that are all looked at

OnPage = Callable[[float, str, int, int], None]  # share done, market, orders read so far, new ones among them


@dataclass(frozen=True)
class OrderSyncResult:
    """What a sync did; `orders`, `open` and `fills` are what is stored now. `synced_at` is ISO 8601 in UTC."""

    account: str
    exchange: str
    symbols: int
    read: int
    new: int
    changed: int
    orders: int
    open: int
    fills: int
    synced_at: str


def sync(
    account: ExchangeAccount,
    client: ExchangeClient,
    symbols: Sequence[str] | None,
    on_page: OnPage,
    *,
    full: bool,
) -> OrderSyncResult:
    """Store what the exchange has and the database has not, and what became of orders that were open.

    `symbols` None means the markets that the account can have traded in; `full` reads all pages again.
    Raises what the client raises, and Permanent for a market that does not exist.
    """
    wanted = _markets(account, client, symbols)
    if full:
        forget_positions(account, wanted)
    run = _Run(account, client, on_page)
    before = _open_orders(account)
    for place, symbol in enumerate(wanted):
        run.walk(symbol, place / len(wanted), 1 / len(wanted))
    run.follow(before)
    run.fill(set(client.symbols()))
    now = timezone.now()
    ExchangeAccount.objects.filter(pk=account.pk).update(orders_at=now)
    return OrderSyncResult(
        account=account.uid,
        exchange=account.exchange,
        symbols=len(wanted),
        read=run.read,
        new=run.new,
        changed=run.changed,
        orders=Order.objects.filter(account=account).count(),
        open=Order.objects.filter(account=account, status=OPEN).count(),
        fills=Fill.objects.filter(account=account).count(),
        synced_at=now.isoformat(),
    )


class _Run:
    """The counts of one sync."""

    def __init__(self, account: ExchangeAccount, client: ExchangeClient, on_page: OnPage) -> None:
        self._account = account
        self._client = client
        self._on_page = on_page
        self.read = self.new = self.changed = 0

    def walk(self, symbol: str, done: float, share: float) -> None:
        """One market, from where it is known on to its newest order."""
        position, last, pages = position_of(self._account, symbol), False, 0
        while not last:
            page = self._client.orders(symbol, position, PAGE)
            self._count(store_page(self._account, symbol, page), len(page.rows))
            position, last, pages = page.position, page.last, pages + 1
            self._on_page(done + share * (1 if last else pages / (pages + 2)), symbol, self.read, self.new)

    def follow(self, before: Sequence[tuple[str, str]]) -> None:
        """What became of the orders that were open before: pages show only what is newer than them."""
        if not before:
            return
        still = {(one.symbol, one.order_id): one for one in self._client.open_orders()}
        self._count(store_orders(self._account, list(still.values())), 0)
        ended = [name for name in before if name not in still]
        told = {name: self._told(*name) for name in ended}
        self._count(store_orders(self._account, [one for one in told.values() if one]), len(ended))
        self.changed += store_gone(self._account, [name for name, one in told.items() if one is None])

    def _told(self, symbol: str, order_id: str) -> OrderRecord | None:
        """An order as it is now; None for one that the exchange has forgotten, which cannot be open."""
        try:
            return self._client.order(symbol, order_id)
        except NothingThere:
            return None

    def fill(self, known: set[str]) -> None:
        """The trades of orders that filled: asked for only where one is missing.

        A market that was closed since cannot be asked any more.
        """
        for symbol in [one for one in markets_owing_fills(self._account) if one in known]:
            position, last, told = fills_position_of(self._account, symbol), False, 0
            while not last:
                page = self._client.fills(symbol, position, PAGE)
                store_fills(self._account, symbol, page)
                position, last, told = page.position, page.last, told + len(page.rows)
                self._on_page(1, f"{symbol}, {told:,} fills", self.read, self.new)

    def _count(self, stored: Stored, read: int) -> None:
        self.read += read
        self.new += stored.new
        self.changed += stored.changed


def _markets(account: ExchangeAccount, client: ExchangeClient, wanted: Sequence[str] | None) -> list[str]:
    known = client.symbols()
    if wanted is not None:
        unknown = sorted(set(wanted) - set(known))
        if unknown:
            raise Permanent(f"{account.exchange} has no market {unknown[0]}")
        return sorted(set(wanted))
    if len(known) <= _FEW:
        return known
    return _likely(account, client, known)


def _likely(account: ExchangeAccount, client: ExchangeClient, known: Sequence[str]) -> list[str]:
    """Markets of what is held, of open orders, and of what was stored: a large exchange has thousands.

    Others, of coins that were sold to the last before the first sync, are read when they are asked for.
    """
    held = {balance.asset for balance in client.balances()}
    stored = set(Order.objects.filter(account=account).values_list("symbol", flat=True).distinct())
    resting = {one.symbol for one in client.open_orders()}
    return [one for one in known if one in stored | resting or one.partition("/")[0] in held]


def _open_orders(account: ExchangeAccount) -> list[tuple[str, str]]:
    """(market, id) of what is stored as open."""
    rows = Order.objects.filter(account=account, status=OPEN).order_by("id")
    return list(rows.values_list("symbol", "order_id"))
