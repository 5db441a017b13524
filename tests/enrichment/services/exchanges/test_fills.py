"""The trades that filled orders: every one, once, with its fee; also after a crash, and with two sides at once."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Sum

from enrichment.models import ExchangeAccount, Fill, Order, OrderCursor
from enrichment.providers.exchanges import reading
from enrichment.providers.exchanges.client import ExchangeClient, open_client
from enrichment.queries.exchanges import FillFilter, dollars_at, fees_of, fills_of
from enrichment.services.exchanges import orders as syncing
from enrichment.services.exchanges.accounts import keys_of
from jobs.errors import OptionRefused
from tests.exchange import Trader, trader
from tests.outside import Outside

pytestmark = pytest.mark.django_db
SYMBOLS = {"BTCUSDT": "BTC/USDT", "SOLUSDT": "SOL/USDT"}


class Crash(Exception):
    """The process ends here."""


@pytest.fixture
def grid(outside: Outside) -> Trader:
    """The grid bot: some hundreds of orders in two markets, most of them filled."""
    return trader(outside.url, "grid")


@pytest.fixture
def account(grid: Trader) -> ExchangeAccount:
    """Its account, added."""
    return grid.added_by(User.objects.create_user("operator", is_staff=True))


def bring_in(account: ExchangeAccount, on_page: Any = lambda *_: None, *, full: bool = False) -> Any:
    """One sync of its orders."""
    client = open_client("binance", keys_of(account))
    return syncing.sync(account, client, None, on_page, full=full)


def told(grid: Trader) -> dict[tuple[str, str, str], tuple[Decimal, ...]]:
    """What the exchange says: price, amount, cost and fee by market, trade and order."""
    return {
        (SYMBOLS[row["symbol"]], str(row["id"]), str(row["orderId"])): (
            Decimal(row["price"]), Decimal(row["qty"]), Decimal(row["quoteQty"]), Decimal(row["commission"])
        )
        for symbol in SYMBOLS
        for row in grid.ask("GET", "myTrades", symbol=symbol, fromId=0, limit=1000)
    }  # fmt: skip


def stored() -> dict[tuple[str, str, str], tuple[Decimal, ...]]:
    """The same of the database."""
    return {
        (row.symbol, row.trade_id, row.order_id): (row.price, row.amount, row.cost, row.fee)
        for row in Fill.objects.all()
    }


def test_every_fill_is_stored_once_and_adds_up_to_its_order(account: ExchangeAccount, grid: Trader) -> None:
    result = bring_in(account)
    assert stored() == told(grid)
    assert result.fills == len(stored()) > 100
    for order in Order.objects.filter(filled__gt=0):
        sums = Fill.objects.filter(order_id=order.order_id, symbol=order.symbol).aggregate(
            amount=Sum("amount"), cost=Sum("cost")
        )
        assert (sums["amount"], sums["cost"]) == (order.filled, order.cost), order.order_id
    fee_assets = set(Fill.objects.filter(side="buy").values_list("fee_asset", flat=True))
    assert fee_assets == {"BTC", "SOL"}, "a fee is kept back from what arrives"
    assert set(Fill.objects.filter(side="sell").values_list("fee_asset", flat=True)) == {"USDT"}
    again = bring_in(account, full=True)
    assert again.fills == result.fills


def test_markets_that_owe_nothing_are_not_asked_again(
    account: ExchangeAccount, grid: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(account)
    asked: Counter[str] = Counter()
    ask = ExchangeClient.fills

    def counted(self: ExchangeClient, symbol: str, *rest: Any) -> Any:
        asked[symbol] += 1
        return ask(self, symbol, *rest)

    monkeypatch.setattr(ExchangeClient, "fills", counted)
    bring_in(account)
    assert not asked
    placed = grid.ask("POST", "order", symbol="SOLUSDT", side="BUY", type="MARKET", quantity="1")
    bring_in(account)
    assert asked == {"SOL/USDT": 1}
    fills = Fill.objects.filter(order_id=str(placed["orderId"]))
    assert {row.trade_id for row in fills} == {str(fill["tradeId"]) for fill in placed["fills"]}
    assert stored() == told(grid)


def test_a_sync_that_ends_between_two_pages_of_fills_loses_none(
    account: ExchangeAccount, grid: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "PAGE", 50)

    def crash(_: float, words: str, *__: int) -> None:
        if "100 fills" in words:
            raise Crash

    with pytest.raises(Crash):
        bring_in(account, crash)
    assert 50 <= Fill.objects.count() <= 100
    bring_in(account)
    assert stored() == told(grid)


def test_an_order_that_meets_another_of_its_account_has_both_sides(outside: Outside) -> None:
    page = reading.page_by_id([_row("7", "buy", "1"), _row("7", "sell", "2")], 0, 2, reading.fill)
    assert [(one.trade_id, one.side, one.order_id) for one in page.rows] == [
        ("7", "buy", "1"),
        ("7", "sell", "2"),
    ]
    who = trader(outside.url, "empty")
    account = who.added_by(User.objects.create_user("other", is_staff=True))
    bring_in(account)
    before = sum(row.amount for row in Fill.objects.all())  # others may have traded here
    quantity = {"symbol": "XRPUSDT", "quantity": "20"}
    who.ask("POST", "order", side="BUY", type="MARKET", **quantity)
    best = Decimal(who.ask("GET", "ticker/bookTicker", symbol="XRPUSDT")["bidPrice"]) + Decimal("0.0001")
    limit = {"type": "LIMIT", "timeInForce": "GTC", "price": f"{best}", "symbol": "XRPUSDT", "quantity": "10"}
    who.ask("POST", "order", side="BUY", **limit)
    met = who.ask("POST", "order", side="SELL", **limit)
    bring_in(account)
    sides = Fill.objects.filter(trade_id=str(met["fills"][0]["tradeId"])).values_list("side", "is_maker")
    assert sorted(sides) == [("buy", True), ("sell", False)]
    bring_in(account)
    assert sum(row.amount for row in Fill.objects.all()) == before + 40


def test_fees_are_summed_by_asset_and_valued_where_a_price_is_known(account: ExchangeAccount) -> None:
    at = datetime.fromisoformat("2026-11-01T12:00:00Z")
    for number, (asset, fee) in enumerate((("USDT", "0.5"), ("USDT", "0.25"), ("ODD", "2"), ("BTC", "0"))):
        Fill.objects.create(
            account=account, symbol="BTC/USDT", trade_id=str(number), order_id="1", side="buy", price=1, amount=1,
            cost=1, fee=Decimal(fee), fee_asset=asset, filled_at=at,
        )  # fmt: skip
    fees = fees_of(account, dollars_at("binance"))
    assert [(one.asset, one.amount, one.usd) for one in fees] == [
        ("USDT", Decimal("0.75"), Decimal("0.75")), ("ODD", 2, None),
    ]  # fmt: skip


def test_fills_are_paged_and_belong_to_their_owner(account: ExchangeAccount) -> None:
    bring_in(account)
    seen, cursor = [], None
    while True:
        page = fills_of(account.user, FillFilter(account=account.uid), cursor, 70)
        seen += [row.pk for row in page.fills]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == Fill.objects.count()
    assert not fills_of(User.objects.create_user("intruder"), FillFilter()).fills
    with pytest.raises(OptionRefused):
        fills_of(account.user, FillFilter(), "made-up")


def test_positions_of_fills_are_forgotten_with_those_of_orders(account: ExchangeAccount) -> None:
    bring_in(account)
    positions = dict(OrderCursor.objects.exclude(fills=None).values_list("symbol", "fills"))
    assert set(positions) == set(SYMBOLS.values())
    Fill.objects.filter(symbol="SOL/USDT").delete()
    kept = bring_in(account).fills
    complete = bring_in(account, full=True).fills
    assert kept < complete == len(stored())


def _row(number: str, side: str, order: str) -> dict[str, Any]:
    return {
        "id": number, "order": order, "symbol": "A/B", "side": side, "timestamp": 1000, "price": Decimal(2),
        "amount": Decimal(3), "fees": [{"cost": Decimal("0.1"), "currency": "B"}], "takerOrMaker": "maker",
    }  # fmt: skip
