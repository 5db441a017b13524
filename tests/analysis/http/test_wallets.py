"""/api/v1/wallets."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from enrichment.models import Wallet
from jobs import testing
from jobs.models import Job
from tests.analysis.queries.test_wallets import ADDRESS, store_report
from tests.outside import Outside


def test_an_analysis_is_started_and_its_jobs_are_named(operator: Client, outside: Outside) -> None:
    answer = operator.post(f"/api/v1/wallets/{ADDRESS}/analyse?method=average")
    assert answer.status_code == 202
    body = answer.json()
    assert [job["title"] for job in body["jobs"]] == [
        "Fetch the transactions",
        "Fetch the balances",
        "Work out profit and loss",
        "Work out the behaviour",
        "Look up the tokens",
        "Put it together",
    ]
    stored = Job.objects.filter(correlation_id=body["correlationId"]).values_list("uid", flat=True)
    assert sorted(stored) == sorted(job["id"] for job in body["jobs"])
    assert body["jobs"][0]["links"]["self"] == f"/api/v1/jobs/{body['jobs'][0]['id']}"


@pytest.mark.parametrize(
    ("path", "field"), [("abc/analyse", "address"), (f"{ADDRESS}/analyse?method=best", "method")]
)
def test_wrong_input_is_told_by_field_and_starts_nothing(operator: Client, path: str, field: str) -> None:
    answer = operator.post(f"/api/v1/wallets/{path}")
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]
    assert not Job.objects.exists()


def test_a_report_has_exact_amounts_as_text(operator: Client) -> None:
    store_report()
    body = operator.get(f"/api/v1/wallets/{ADDRESS}/pnl").json()
    assert (body["totals"]["net"], body["totals"]["costBasis"], body["solUsd"]) == ("0.5", "0.5", "150")
    assert body["tokens"][0]["held"] == "50"
    assert body["days"] == [{"day": "2026-01-02", "gain": "0.5", "income": "0", "cumulativeNet": "0.5"}]


@pytest.mark.parametrize(
    "path",
    [ADDRESS, f"{ADDRESS}/pnl", f"{ADDRESS}/pnl?method=lifo", f"{ADDRESS}/behavior", f"{ADDRESS}/balances"],
)
def test_what_is_not_there_is_404(operator: Client, path: str) -> None:
    answer = operator.get(f"/api/v1/wallets/{path}")
    assert answer.status_code == 404
    assert ADDRESS in answer.json()["detail"]


def test_a_wallet_and_the_list_can_be_read(operator: Client, outside: Outside) -> None:
    Wallet.objects.create(address=ADDRESS, lamports=10**9)
    assert operator.get(f"/api/v1/wallets/{ADDRESS}").json()["sol"] == "1"
    body = operator.get("/api/v1/wallets").json()
    assert body["items"] == []
    assert {sample["address"] for sample in body["samples"]} == set(outside.wallets().values())


def test_who_may_only_look_starts_nothing(db: None) -> None:
    viewer = Client()
    viewer.force_login(User.objects.create_user("viewer"))
    assert viewer.get("/api/v1/wallets").status_code == 200
    assert viewer.post(f"/api/v1/wallets/{ADDRESS}/analyse").status_code == 403
    assert Client().get("/api/v1/wallets").status_code == 401
    assert not Job.objects.exists()


# -- one job each ------------------------------------------------------------------------------------------


def post(client: Client, path: str, **body: object) -> tuple[int, dict[str, Any]]:
    """A POST with a JSON body."""
    answer = client.post(f"/api/v1/wallets{path}", body, content_type="application/json")
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("path", "body", "task", "stored"),
    [
        ("sync", {"fetchOlder": True, "limit": 7}, "sync_wallet", {"fetch_older": True, "limit": 7}),
        ("balances", {}, "fetch_balance", {}),
        ("pnl", {"method": "lifo"}, "analyze_pnl", {"method": "lifo"}),
        ("behavior", {"timeRange": "30d", "minTradingVolume": "0.5"}, "analyze_behavior",
         {"time_range": "30d", "min_trading_volume": "0.5"}),
    ],
)  # fmt: skip
def test_each_result_can_be_asked_for_alone(
    operator: Client, outside: Outside, path: str, body: dict[str, Any], task: str, stored: dict[str, Any]
) -> None:
    status, answer = post(operator, f"/{ADDRESS}/{path}", **body)
    job = Job.objects.get()
    assert (status, answer["id"], job.short_task) == (202, job.uid, task)
    assert job.kwargs.items() >= {"address": ADDRESS, **stored}.items()
    assert answer["links"]["self"] == f"/api/v1/jobs/{job.uid}"


def test_a_report_may_wait_for_another_job(operator: Client, outside: Outside) -> None:
    _, sync = post(operator, f"/{ADDRESS}/sync")
    _, pnl = post(operator, f"/{ADDRESS}/pnl", dependsOn=[sync["id"]])
    assert Job.objects.get(uid=pnl["id"]).state == "blocked"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (f"/{ADDRESS}/behavior", {"timeRange": "soon"}, "timeRange"),
        (f"/{ADDRESS}/sync", {"limit": 0}, "limit"),
        (f"/{ADDRESS}/pnl", {"dependsOn": ["nobody"]}, "dependsOn"),
        ("", {"address": "x"}, "address"),
        ("", {"address": ADDRESS, "failureThreshold": 2}, "failureThreshold"),
        (f"/{ADDRESS}/behavior", {"excludeMints": ["x"]}, "excludeMints"),
        ("/similarity", {"addresses": ["x", "y"]}, "addresses"),
        ("/enrich", {"addresses": [ADDRESS], "strategy": "never"}, "strategy"),
        ("/enrich", {"addresses": [ADDRESS], "speed": 1}, "speed"),
    ],
)
def test_a_wrong_body_is_told_by_field_and_starts_nothing(
    operator: Client, outside: Outside, path: str, body: dict[str, Any], field: str
) -> None:
    status, answer = post(operator, path, **body)
    assert status == 422
    assert [name.partition(".")[0] for name in answer["fields"]] == [field]
    assert not Job.objects.exists()


def test_what_a_wallet_holds_and_how_it_trades_can_be_read(operator: Client, outside: Outside) -> None:
    address = outside.address("Swing 1")
    with testing.inline():
        assert post(operator, "", address=address)[0] == 202
    held = operator.get(f"/api/v1/wallets/{address}/balances").json()
    priced = [row for row in held["balances"] if row["price"]]
    assert priced
    assert Decimal(held["holdingsValue"]) == sum(Decimal(row["value"]) for row in priced)
    assert {row["source"] for row in priced} <= {"dexscreener", "jupiter"}
    behavior = operator.get(f"/api/v1/wallets/{address}/behavior").json()
    assert behavior["report"]["style"]["label"] == "swing trader"
    assert sum(behavior["report"]["sessions"]["hours"]) == behavior["report"]["trades"]


def test_wallets_are_compared_by_post_and_read_by_get(operator: Client, outside: Outside) -> None:
    addresses = [outside.address("Swing 1"), outside.address("Swing 2")]
    status, started = post(operator, "/similarity", addresses=addresses)
    path = f"/api/v1/wallets/similarity/{started['requestId']}"
    assert (status, started["walletsNeedingSync"]) == (202, addresses)
    assert operator.get(path).json()["result"] is None
    with testing.stepwise() as jobs:
        jobs.run_until_idle()
    found = operator.get(path).json()
    assert found["result"]["wallets"] == addresses
    assert found["jobs"] == [job["id"] for job in started["jobs"]]
    assert [one["requestId"] for one in operator.get("/api/v1/wallets/similarity").json()["items"]] == [
        started["requestId"]
    ]
    assert operator.get("/api/v1/wallets/similarity/nobody").status_code == 404
