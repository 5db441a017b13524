"""/api/v1/exchange-accounts, /orders and /exchange-prices."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from enrichment.models import ExchangeAccount, Order
from jobs import testing
from jobs.encryption import decrypt, is_encrypted
from jobs.models import Job
from tests.exchange import Trader, trader
from tests.outside import Outside


@pytest.fixture
def user(db: None) -> User:
    """Somebody who may start jobs."""
    return User.objects.create_user("operator", is_staff=True)


@pytest.fixture
def operator(user: User) -> Client:
    """Their client."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def synced(outside: Outside, user: User, operator: Client) -> str:
    """The id of an account whose data were fetched."""
    account = trader(outside.url, "newcomer").added_by(user)
    with testing.inline():
        operator.post(f"/api/v1/exchange-accounts/{account.uid}/sync")
    return account.uid


def _add(client: Client, who: Trader, **changes: Any) -> Any:
    body = {"exchange": "binance", "label": "Mine", "apiKey": who.key, "apiSecret": who.secret} | changes
    return client.post("/api/v1/exchange-accounts", body, content_type="application/json")


def test_an_account_is_added_and_its_secrets_are_never_told(operator: Client, outside: Outside) -> None:
    who = trader(outside.url, "newcomer")
    answer = _add(operator, who, premium=True)
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["label"], body["key"], body["accepted"], body["premium"]) == (
        "Mine",
        f"…{who.key[-4:]}",
        True,
        True,
    )
    listed = operator.get("/api/v1/exchange-accounts")
    assert [row["id"] for row in listed.json()["items"]] == [body["id"]]
    for text in (answer.content.decode(), listed.content.decode()):
        assert who.key not in text
        assert who.secret not in text
    row = ExchangeAccount.objects.get()
    assert is_encrypted(row.keys)
    assert who.secret not in str(row.keys)
    assert decrypt(row.keys) == {"key": who.key, "secret": who.secret, "passphrase": ""}


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"apiSecret": "x" * 64}, "apiKey", "refused the key or its secret"),
        ({"apiKey": "K" * 64}, "apiKey", "refused the key or its secret"),
        ({"exchange": "kraken"}, "exchange", "must be one of binance"),
        ({"label": "  "}, "label", "must have 1 to 80 characters"),
        ({"apiKey": "short"}, "apiKey", "at least 8 characters"),
        ({"apiSecret": "secret with ünïcode"}, "apiSecret", "match pattern"),
        ({"extra": 1}, "extra", "Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_stored(
    operator: Client, outside: Outside, changes: dict[str, Any], field: str, problem: str
) -> None:
    answer = _add(operator, trader(outside.url, "newcomer"), **changes)
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]
    assert problem in answer.json()["fields"][field]
    assert not ExchangeAccount.objects.exists()


def test_a_key_is_added_once(operator: Client, outside: Outside) -> None:
    who = trader(outside.url, "newcomer")
    assert _add(operator, who).status_code == 201
    again = _add(operator, who, label="Other")
    assert (again.status_code, again.json()["fields"]) == (422, {"apiKey": "is that of an account you have"})


def test_an_exchange_that_does_not_answer_is_503_and_nothing_is_stored(
    operator: Client, outside: Outside
) -> None:
    who = trader(outside.url, "newcomer")
    with outside.faults(status_500=1, paths=["/exchange"]):
        answer = _add(operator, who)
    assert answer.status_code == 503
    assert "cannot be checked now" in answer.json()["detail"]
    assert not ExchangeAccount.objects.exists()


def test_a_sync_is_three_jobs_with_a_premium_accounts_orders_first(
    operator: Client, user: User, outside: Outside
) -> None:
    account = trader(outside.url, "newcomer").added_by(user, premium=True)
    answer = operator.post(f"/api/v1/exchange-accounts/{account.uid}/sync")
    assert answer.status_code == 202
    ids = {what: job["id"] for what, job in answer.json().items()}
    jobs = {job.uid: job for job in Job.objects.all()}
    assert {what: jobs[uid].queue for what, uid in ids.items()} == {
        "orders": "orders", "balances": "balances", "prices": "exchange-prices",
    }  # fmt: skip
    assert [jobs[ids[what]].priority for what in ("orders", "balances")] == [7, 5]
    assert {job.limit_key for job in jobs.values()} == {"binance"}
    assert answer.json()["orders"]["links"]["self"] == f"/api/v1/jobs/{ids['orders']}"


def test_orders_come_newest_first_in_pages_that_neither_repeat_nor_lose_one(
    operator: Client, synced: str
) -> None:
    seen: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not seen:
        query = {"limit": "4"} | ({"cursor": cursor} if cursor else {})
        page = operator.get("/api/v1/orders", query).json()
        seen += page["items"]
        cursor = page["next"]
    assert len(seen) == len({row["id"] for row in seen}) == Order.objects.count() >= 9
    assert [row["placedAt"] for row in seen] == sorted((row["placedAt"] for row in seen), reverse=True)
    assert {row["account"] for row in seen} == {synced}
    one = operator.get(f"/api/v1/orders/{seen[0]['id']}").json()
    assert one == seen[0]


def test_orders_are_filtered(operator: Client, synced: str) -> None:
    def ids(**query: str) -> set[int]:
        return {row["id"] for row in operator.get("/api/v1/orders", query).json()["items"]}

    everything = ids()
    assert ids(account=synced) == ids(symbol="SOL/USDT") == ids(status="closed") == everything
    assert ids(side="buy") | ids(side="sell") == everything
    assert not ids(side="buy") & ids(side="sell")
    assert ids(symbol="BTC/USDT") == ids(status="open") == ids(before="2020-01-01T00:00:00Z") == set()
    assert ids(after="2020-01-01T00:00:00Z") == everything
    assert operator.get("/api/v1/orders", {"status": "lost"}).status_code == 422
    assert operator.get("/api/v1/orders", {"cursor": "x"}).json()["fields"] == {
        "cursor": "is none that a page gave"
    }


def test_fills_are_listed_with_their_fees_and_filtered_by_order(operator: Client, synced: str) -> None:
    body = operator.get("/api/v1/orders/fills", {"account": synced, "limit": "3"}).json()
    assert len(body["items"]) == 3
    one = body["items"][0]
    assert (one["symbol"], one["account"], one["maker"]) == ("SOL/USDT", synced, False)
    assert (
        Decimal(one["fee"])
        == (Decimal(one["amount"]) if one["side"] == "buy" else Decimal(one["cost"])) / 1000
    )
    following = operator.get("/api/v1/orders/fills", {"account": synced, "cursor": body["next"]}).json()[
        "items"
    ]
    assert not {row["id"] for row in body["items"]} & {row["id"] for row in following}
    own = operator.get("/api/v1/orders/fills", {"order": one["orderId"], "symbol": "SOL/USDT"}).json()[
        "items"
    ]
    assert {row["orderId"] for row in own} == {one["orderId"]}
    assert operator.get("/api/v1/orders/fills", {"cursor": "x"}).status_code == 422


def test_balances_and_prices_are_exact_text(operator: Client, synced: str) -> None:
    body = operator.get(f"/api/v1/exchange-accounts/{synced}/balances").json()
    assert {row["asset"] for row in body["items"]} == {"SOL", "USDT"}
    dollars = next(row for row in body["items"] if row["asset"] == "USDT")
    assert dollars["total"] == dollars["free"] == dollars["usd"]
    prices = operator.get("/api/v1/exchange-prices/binance").json()["items"]
    assert len(prices) == 7
    assert operator.get("/api/v1/exchange-prices/kraken").status_code == 404


def test_many_accounts_are_synced_by_one_request(operator: Client, user: User, outside: Outside) -> None:
    accounts = [trader(outside.url, name).added_by(user) for name in ("newcomer", "empty")]
    answer = operator.post("/api/v1/orders/sync", {}, content_type="application/json")
    assert answer.status_code == 202, answer.content
    job = Job.objects.get(uid=answer.json()["id"])
    assert job.kwargs == {"accounts": sorted(account.uid for account in accounts)}
    unknown = operator.post("/api/v1/orders/sync", {"accounts": ["none"]}, content_type="application/json")
    assert unknown.status_code == 404


def test_what_is_somebody_elses_is_not_there(synced: str, db: None) -> None:
    other = Client()
    other.force_login(User.objects.create_user("other", is_staff=True))
    for path in ("", "/balances"):
        assert other.get(f"/api/v1/exchange-accounts/{synced}{path}").status_code == 404
    assert other.delete(f"/api/v1/exchange-accounts/{synced}").status_code == 404
    assert other.get("/api/v1/orders").json()["items"] == []
    number = Order.objects.values_list("id", flat=True).first()
    assert other.get(f"/api/v1/orders/{number}").status_code == 404


def test_who_may_only_look_adds_and_starts_nothing(outside: Outside, db: None) -> None:
    viewer = Client()
    viewer.force_login(User.objects.create_user("viewer"))
    assert _add(viewer, trader(outside.url, "newcomer")).status_code == 403
    assert viewer.post("/api/v1/orders/sync", content_type="application/json").status_code == 403
    assert viewer.get("/api/v1/exchange-accounts").status_code == 200
    assert Client().get("/api/v1/orders").status_code == 401


def test_a_removed_account_is_gone_with_its_orders(operator: Client, synced: str) -> None:
    assert operator.delete(f"/api/v1/exchange-accounts/{synced}").status_code == 204
    assert not ExchangeAccount.objects.exists()
    assert not Order.objects.exists()
    assert operator.get(f"/api/v1/exchange-accounts/{synced}").status_code == 404


def test_a_check_tells_whether_the_keys_are_accepted(operator: Client, synced: str) -> None:
    body = operator.post(f"/api/v1/exchange-accounts/{synced}/check").json()
    assert (body["accepted"], body["reason"]) == (True, "")
