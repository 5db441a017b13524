"""The exchange's REST API over HTTP: who may, what is refused with which code, what an order does."""

import hashlib
import hmac
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from tests.exchange import Trader, trader
from tests.sandbox_server import Server


@pytest.fixture
def fresh(server: Server) -> Trader:
    """An account with dollars and no past."""
    return trader(server.url, "empty")


@pytest.mark.parametrize(
    ("method", "path", "given", "status", "code"),
    [
        ("GET", "account", {"timestamp": 1}, 400, -1021),
        ("GET", "account", {"timestamp": int(time.time() * 1000) + 3_600_000}, 400, -1021),
        ("GET", "account", {"recvWindow": 60_001}, 400, -1131),
        ("GET", "account", {"timestamp": "now"}, 400, -1100),
        ("GET", "order", {"symbol": "BTCUSDT"}, 400, -1102),
        ("GET", "order", {"symbol": "BTCUSDT", "orderId": 99_999_999}, 400, -2013),
        ("GET", "order", {"symbol": "DOGEUSDT", "orderId": 1}, 400, -1121),
        ("DELETE", "order", {"symbol": "BTCUSDT", "orderId": 99_999_999}, 400, -2011),
        ("GET", "allOrders", {}, 400, -1102),
        ("POST", "order", {"symbol": "BTCUSDT", "side": "LEND", "type": "MARKET", "quantity": 1}, 400, -1117),
        ("POST", "order", {"symbol": "BTCUSDT", "side": "BUY", "type": "STOP", "quantity": 1}, 400, -1116),
        ("POST", "order", {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET"}, 400, -1102),
        (
            "POST",
            "order",
            {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.000001"},
            400,
            -1013,
        ),
        (
            "POST",
            "order",
            {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "nan"},
            400,
            -1100,
        ),
        (
            "POST",
            "order",
            {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "50"},
            400,
            -2010,
        ),
        (
            "POST",
            "order",
            {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "1"},
            400,
            -2010,
        ),
        ("POST", "account", {}, 405, -1000),
    ],
)
def test_what_is_wrong_has_binances_code(
    fresh: Trader, method: str, path: str, given: dict[str, Any], status: int, code: int
) -> None:
    answer = fresh.send(method, path, **given)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_only_a_right_signature_of_a_live_key_gets_in(fresh: Trader, server: Server) -> None:
    wrong = Trader(fresh.url, fresh.name, fresh.key, "not the secret")
    unknown = Trader(fresh.url, fresh.name, "K" * 64, fresh.secret)
    for who, status, code in (
        (wrong, 400, -1022), (unknown, 401, -2015), (trader(server.url, "revoked"), 401, -2015),
        (Trader(fresh.url, "", "", ""), 401, -2014),
    ):  # fmt: skip
        answer = who.send("GET", "account")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    unsigned = httpx2.get(
        f"{fresh.url}/exchange/api/v3/account?timestamp=1", headers={"X-MBX-APIKEY": fresh.key}
    )
    assert unsigned.json()["code"] == -1102


def test_a_changed_parameter_breaks_the_signature_and_a_signed_body_is_accepted(fresh: Trader) -> None:
    query = urlencode({"symbol": "BTCUSDT", "timestamp": int(time.time() * 1000)})
    signature = hmac.new(fresh.secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    headers = {"X-MBX-APIKEY": fresh.key, "Content-Type": "application/x-www-form-urlencoded"}
    address = f"{fresh.url}/exchange/api/v3/openOrders"
    assert httpx2.get(f"{address}?{query}&signature={signature}", headers=headers).status_code == 200
    changed = query.replace("BTC", "ETH")
    for asked, given in ((changed, signature), (query, "%C3%BC")):
        answer = httpx2.get(f"{address}?{asked}&signature={given}", headers=headers)
        assert answer.json()["code"] == -1022
    wanted = (
        f"side=BUY&type=LIMIT&timeInForce=GTC&quantity=10&price=0.6&{query.replace('BTCUSDT', 'XRPUSDT')}"
    )
    signed = hmac.new(fresh.secret.encode(), wanted.encode(), hashlib.sha256).hexdigest()
    placed = httpx2.post(
        f"{fresh.url}/exchange/api/v3/order", content=f"{wanted}&signature={signed}", headers=headers
    )
    assert placed.json()["status"] == "NEW"
    fresh.ask("DELETE", "order", symbol="XRPUSDT", orderId=placed.json()["orderId"])


def test_an_order_sent_twice_is_made_once(fresh: Trader) -> None:
    given = {"symbol": "XRPUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "12",
             "price": "0.5", "newClientOrderId": f"once-{time.time_ns()}"}  # fmt: skip
    first = fresh.ask("POST", "order", **given)
    again = fresh.send("POST", "order", **given)
    assert (again.status_code, again.json()) == (400, {"code": -2010, "msg": "Duplicate order sent."})
    found = fresh.ask("GET", "order", symbol="XRPUSDT", origClientOrderId=given["newClientOrderId"])
    assert (found["orderId"], found["status"]) == (first["orderId"], "NEW")
    gone = fresh.ask("DELETE", "order", symbol="XRPUSDT", origClientOrderId=given["newClientOrderId"])
    assert gone["status"] == "CANCELED"
    assert fresh.send("DELETE", "order", symbol="XRPUSDT", orderId=first["orderId"]).json()["code"] == -2011


def test_a_market_order_moves_exactly_what_its_fills_say(fresh: Trader) -> None:
    def held(asset: str) -> Decimal:
        rows = fresh.ask("GET", "account")["balances"]
        return sum((Decimal(row["free"]) for row in rows if row["asset"] == asset), Decimal(0))

    dollars, sol = held("USDT"), held("SOL")
    order = fresh.ask("POST", "order", symbol="SOLUSDT", side="BUY", type="MARKET", quantity="2.5")
    fills = order["fills"]
    assert order["status"] == "FILLED"
    assert sum(Decimal(fill["qty"]) for fill in fills) == Decimal("2.5")
    cost = sum(Decimal(fill["qty"]) * Decimal(fill["price"]) for fill in fills)
    fees = sum(Decimal(fill["commission"]) for fill in fills)
    assert cost == Decimal(order["cummulativeQuoteQty"]) == dollars - held("USDT")
    assert (held("SOL") - sol, fees) == (Decimal("2.5") - fees, Decimal("0.0025"))
    mine = fresh.ask("GET", "myTrades", symbol="SOLUSDT", orderId=order["orderId"])
    assert [one["id"] for one in mine] == [fill["tradeId"] for fill in fills]


def test_history_is_paged_by_id_and_by_time(server: Server) -> None:
    grid = trader(server.url, "grid")
    newest = grid.ask("GET", "allOrders", symbol="BTCUSDT", limit=3)
    first = grid.ask("GET", "allOrders", symbol="BTCUSDT", orderId=1, limit=3)
    second = grid.ask("GET", "allOrders", symbol="BTCUSDT", orderId=first[-1]["orderId"] + 1, limit=3)
    ids = [one["orderId"] for one in (*first, *second, *newest)]
    assert ids == sorted(set(ids))
    later = grid.ask("GET", "allOrders", symbol="BTCUSDT", startTime=second[0]["time"], limit=1)
    assert later == second[:1]


def test_prices_move_within_their_day_and_the_book_has_a_spread(server: Server) -> None:
    def ask(path: str, **query: Any) -> Any:
        return httpx2.get(f"{server.url}/exchange/api/v3/{path}", params=query).raise_for_status().json()

    for one in ask("ticker/24hr"):
        assert Decimal(one["lowPrice"]) <= Decimal(one["lastPrice"]) <= Decimal(one["highPrice"])
        assert Decimal(one["bidPrice"]) < Decimal(one["askPrice"])
    assert ask("ticker/price", symbol="BTCUSDT").keys() == {"symbol", "price"}
    depth = ask("depth", symbol="ETHUSDT", limit=5)
    assert [len(depth[side]) for side in ("bids", "asks")] == [5, 5]
    candles = ask("klines", symbol="BTCUSDT", interval="1h", limit=24)
    assert [one[0] for one in candles] == sorted({one[0] for one in candles})
    assert all(Decimal(one[3]) <= Decimal(one[1]) <= Decimal(one[2]) for one in candles)
    assert [earlier[4] for earlier in candles[:-1]] == [later[1] for later in candles[1:]]
    assert httpx2.get(f"{server.url}/exchange/api/v3/ticker/24hr?symbol=NOPE").json()["code"] == -1121


def test_everything_survives_a_kill(start: Callable[..., Any]) -> None:
    with start() as running:
        who = trader(running.url, "empty")
        placed = who.ask("POST", "order", symbol="XRPUSDT", side="BUY", type="LIMIT", timeInForce="GTC",
                         quantity="20", price="0.5")  # fmt: skip
        bought = who.ask("POST", "order", symbol="SOLUSDT", side="BUY", type="MARKET", quantity="1")
        account = who.ask("GET", "account")["balances"]
        totals = httpx2.get(f"{running.url}/sandbox/exchange/totals").json()
        running.process.kill()
    with start() as running:
        who = trader(running.url, "empty")
        assert who.ask("GET", "account")["balances"] == account
        assert [one["orderId"] for one in who.ask("GET", "openOrders")] == [placed["orderId"]]
        assert who.ask("GET", "order", symbol="SOLUSDT", orderId=bought["orderId"])["status"] == "FILLED"
        after = httpx2.get(f"{running.url}/sandbox/exchange/totals").json()
        assert {name: Decimal(sum_) for name, sum_ in after.items()} == {
            name: Decimal(sum_) for name, sum_ in totals.items()
        }
        following = who.ask("POST", "order", symbol="SOLUSDT", side="SELL", type="MARKET", quantity="0.5")
        assert following["orderId"] > bought["orderId"]
