"""The jobs of exchanges, run by the twin against the real sandbox."""

import pytest
from celery.result import AsyncResult
from django.contrib.auth.models import User

from enrichment.models import BulkSyncPart, ExchangeAccount, ExchangeBalance, Order, Ticker
from enrichment.providers.exchanges.errors import KeysRefused
from enrichment.tasks.exchanges import (
    bulk_sync_orders,
    sync_exchange_balances,
    sync_orders,
    update_ticker_prices,
)
from jobs import testing
from jobs.encryption import encrypt
from jobs.models import Job
from tests.exchange import trader
from tests.outside import Outside

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    """Somebody with accounts."""
    return User.objects.create_user("operator", is_staff=True)


def test_a_sync_brings_every_order_once_and_the_next_one_finds_nothing(outside: Outside, user: User) -> None:
    swing = trader(outside.url, "swing")
    account = swing.added_by(user)
    with testing.inline():
        first = sync_orders.delay(account=account.uid, exchange="binance")
    told = first.get()
    symbols = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ETHBTC")
    theirs = {(one["symbol"], str(one["orderId"])): one for symbol in symbols
              for one in swing.ask("GET", "allOrders", symbol=symbol, orderId=1)}  # fmt: skip
    ours = {(one.symbol.replace("/", ""), one.order_id): one for one in Order.objects.filter(account=account)}
    assert (told["new"], told["orders"], told["symbols"]) == (len(theirs), len(theirs), 7)
    assert set(ours) == set(theirs)
    for name, one in ours.items():
        row = theirs[name]
        assert (f"{one.filled:.8f}", one.side, one.client_id) == (
            row["executedQty"],
            row["side"].lower(),
            row["clientOrderId"],
        )
        assert one.cost == one.cost.__class__(row["cummulativeQuoteQty"])
    with testing.inline():
        again = sync_orders.delay(account=account.uid, exchange="binance")
    assert (again.get()["new"], again.get()["orders"]) == (0, len(theirs))


def test_what_became_of_an_open_order_is_seen_by_the_next_sync(outside: Outside, user: User) -> None:
    empty = trader(outside.url, "empty")
    account = empty.added_by(user)
    placed = empty.ask("POST", "order", symbol="XRPUSDT", side="BUY", type="LIMIT", timeInForce="GTC",
                       quantity="20", price="0.5")  # fmt: skip
    with testing.inline():
        sync_orders.delay(account=account.uid, exchange="binance")
        sync_exchange_balances.delay(account=account.uid, exchange="binance")
    order = Order.objects.get(account=account, order_id=str(placed["orderId"]))
    assert (order.status, str(order.price.normalize() if order.price else "")) == ("open", "0.5")
    assert ExchangeBalance.objects.get(account=account, asset="USDT").locked == 10
    empty.ask("DELETE", "order", symbol="XRPUSDT", orderId=placed["orderId"])
    with testing.inline():
        changed = sync_orders.delay(account=account.uid, exchange="binance")
        sync_exchange_balances.delay(account=account.uid, exchange="binance")
    order.refresh_from_db()
    assert (order.status, changed.get()["changed"], changed.get()["new"]) == ("canceled", 1, 0)
    assert ExchangeBalance.objects.get(account=account, asset="USDT").locked == 0


def test_many_accounts_are_synced_and_the_one_that_fails_is_named(outside: Outside, user: User) -> None:
    good = trader(outside.url, "newcomer").added_by(user, premium=True)
    gone = trader(outside.url, "swing").added_by(user)
    ExchangeAccount.objects.filter(pk=gone.pk).update(keys=good.keys, exchange="kraken")
    with testing.inline(raise_errors=False):
        bulk = bulk_sync_orders.delay()
    result = AsyncResult(bulk.id).get(timeout=1)
    assert (result["accounts"], result["succeeded"], result["failed"]) == (2, 1, 1)
    assert result["failures"][0]["account"] == gone.uid
    assert "none of the exchanges of this site" in result["failures"][0]["reason"]
    parts = {
        job.kwargs["account"]: job for job in Job.objects.filter(correlation_id=bulk.id).exclude(uid=bulk.id)
    }
    assert {account: job.priority for account, job in parts.items()} == {good.uid: 7, gone.uid: 5}
    assert not BulkSyncPart.objects.exists()
    assert Order.objects.filter(account=good).exists()


def test_a_refused_key_fails_at_once_and_is_noted_and_left_out_of_the_hourly_sync(
    outside: Outside, user: User
) -> None:
    account = trader(outside.url, "newcomer").added_by(user)
    revoked = trader(outside.url, "revoked")
    account.keys = encrypt({"key": revoked.key, "secret": revoked.secret, "passphrase": ""})
    account.save()
    with testing.inline() as jobs:
        sync_orders.delay(account=account.uid, exchange="binance")
        job = jobs.assert_failed(sync_orders, error=KeysRefused)
    assert job.attempt == 1
    account.refresh_from_db()
    assert account.reason == "Binance (local) refused the key or its secret"
    with testing.inline():
        nothing = bulk_sync_orders.delay()
    assert nothing.get()["accounts"] == 0


def test_prices_are_stored_once_per_market(outside: Outside) -> None:
    with testing.inline() as jobs:
        update_ticker_prices.delay()
    assert len(jobs.completed) == 2, "one that starts, and one for the only exchange"
    first = {row.symbol: row.last for row in Ticker.objects.filter(exchange="binance")}
    assert len(first) == 7
    with testing.inline():
        update_ticker_prices.delay(exchange="binance", symbols=["BTC/USDT"])
    assert Ticker.objects.count() == 7
    row = Ticker.objects.get(symbol="BTC/USDT")
    assert None not in {row.low, row.high, row.bid, row.ask}
    assert (row.low or 0) <= row.last <= (row.high or 0)
    assert (row.bid or 0) < (row.ask or 0)


def test_a_market_that_does_not_exist_is_not_tried_again(outside: Outside, user: User) -> None:
    account = trader(outside.url, "newcomer").added_by(user)
    with testing.inline() as jobs:
        sync_orders.delay(account=account.uid, exchange="binance", symbols=["DOGE/USDT"])
        jobs.assert_failed(sync_orders)
    assert "no market DOGE/USDT" in jobs.dead_letters[0].error
