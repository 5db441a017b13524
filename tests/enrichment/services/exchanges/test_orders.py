"""Bringing orders in: pages, crashes in between, two at once, faults, other exchanges' way of paging."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from enrichment.models import ExchangeAccount, Order, OrderCursor
from enrichment.providers.exchanges import reading
from enrichment.providers.exchanges.client import open_client
from enrichment.providers.exchanges.records import OrderRecord, Page
from enrichment.services.exchanges import orders as syncing
from enrichment.services.exchanges.accounts import keys_of
from enrichment.services.exchanges.store import store_orders, store_page
from enrichment.tasks.exchanges import sync_orders
from jobs import testing
from tests.exchange import trader
from tests.outside import Outside

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def account(outside: Outside) -> ExchangeAccount:
    """The grid bot's account: some hundreds of orders in one market."""
    return trader(outside.url, "grid").added_by(User.objects.create_user("operator", is_staff=True))


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that do not hold everything."""
    monkeypatch.setattr(syncing, "PAGE", 100)


def record(**changes: Any) -> OrderRecord:
    """An order as an exchange tells it."""
    base = OrderRecord(
        "BTC/USDT", "7", "mine", "buy", "limit", "GTC", "open", Decimal(9), None, Decimal(2), Decimal(0), Decimal(0),
        NOON, NOON,
    )  # fmt: skip
    return replace(base, **changes)


class Crash(Exception):
    """The process ends here."""


def test_a_sync_that_was_cut_off_goes_on_where_it_ended(account: ExchangeAccount, small_pages: None) -> None:
    client = open_client("binance", keys_of(account))
    pages = 0

    def crash(*_: Any) -> None:
        nonlocal pages
        pages += 1
        if pages == 3:
            raise Crash

    with pytest.raises(Crash):
        syncing.sync(account, client, ["BTC/USDT"], crash, full=False)
    assert Order.objects.count() == 300
    result = syncing.sync(account, client, ["BTC/USDT"], lambda *_: None, full=False)
    assert result.read < result.orders, "what was stored was not read again"
    assert result.new + 300 == result.orders == Order.objects.count()
    again = syncing.sync(account, client, ["BTC/USDT"], lambda *_: None, full=True)
    assert (again.new, again.changed, again.read >= again.orders) == (0, 0, True)


def test_faults_on_the_way_change_nothing_of_the_result(account: ExchangeAccount, outside: Outside) -> None:
    with (
        outside.faults(status_429=0.1, status_500=0.05, retry_after=0, paths=["/exchange"]),
        testing.inline() as jobs,
    ):
        sync_orders.delay(account=account.uid, exchange="binance")
    assert [job.state for job in jobs.completed] == ["completed"]
    grid = trader(outside.url, "grid")
    for symbol, name in (("BTCUSDT", "BTC/USDT"), ("SOLUSDT", "SOL/USDT")):
        theirs = {
            str(one["orderId"]) for one in grid.ask("GET", "allOrders", symbol=symbol, orderId=1, limit=1000)
        }
        assert set(Order.objects.filter(symbol=name).values_list("order_id", flat=True)) == theirs


def test_an_older_word_never_overwrites_a_newer_one(account: ExchangeAccount) -> None:
    later = record(
        status="closed", filled=Decimal(2), cost=Decimal(18), updated_at=NOON + timedelta(minutes=1)
    )
    assert store_orders(account, [later]).new == 1
    stored = store_orders(account, [record(), record(order_id="8"), record(order_id="8")])
    assert (stored.new, stored.changed) == (1, 0)
    assert Order.objects.get(order_id="7").status == "closed"
    assert store_orders(account, [later]).changed == 0


def test_an_open_order_that_the_exchange_has_forgotten_is_expired_and_fails_no_sync(
    account: ExchangeAccount,
) -> None:
    client = open_client("binance", keys_of(account))
    store_orders(account, [record(order_id="999999999"), record(symbol="GONE/USDT", order_id="1")])
    result = syncing.sync(account, client, ["SOL/BTC"], lambda *_: None, full=False)
    assert (result.changed, result.open) == (2, 0)
    assert set(Order.objects.values_list("order_id", "status")) >= {
        ("999999999", "expired"),
        ("1", "expired"),
    }
    assert store_orders(account, [record(order_id="999999999", status="closed")]).changed == 1


def test_a_page_and_its_position_are_stored_together(account: ExchangeAccount) -> None:
    broken = record(order_id="9", symbol="X" * 99)
    with pytest.raises(Exception, match="too long"):
        store_page(account, "BTC/USDT", Page((record(), broken), {"from_id": 10}, last=True))


def test_paging_by_time_neither_loses_nor_hangs_on_orders_of_one_millisecond() -> None:
    rows = [
        {"id": str(n), "symbol": "A/B", "side": "buy", "timestamp": 1000 + n // 3, "status": "closed"}
        for n in range(8)
    ]
    seen: list[str] = []
    since, last, pages = None, False, 0
    while not last:
        found = [row for row in rows if since is None or row["timestamp"] >= since][:4]
        page = reading.page_by_time(found, since, 4, reading.order)
        seen += [one.order_id for one in page.rows]
        since, last, pages = page.position["since"], page.last, pages + 1
    assert sorted(set(seen), key=int) == [row["id"] for row in rows]
    assert pages <= 5


def test_a_large_exchange_is_asked_for_the_markets_that_matter(
    account: ExchangeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "_FEW", 2)
    client = open_client("binance", keys_of(account))
    result = syncing.sync(account, client, None, lambda *_: None, full=False)
    assert result.symbols == 3
    assert set(OrderCursor.objects.values_list("symbol", flat=True)) == {"BTC/USDT", "SOL/USDT", "SOL/BTC"}
