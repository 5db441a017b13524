"""/api/v1/coins and the one-time jobs of a coin."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from analysis.models import RiskAssessment
from analysis.services.risk.as_json import written
from analysis.services.risk.parts import Input, part, unknown
from enrichment.models import Coin
from jobs.models import Job
from tests.analysis.alerting import MINT, make_coin, price


def post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    """POST JSON."""
    return client.post(f"/api/v1{path}", body or {}, content_type="application/json")


def test_a_coin_is_followed_and_its_price_asked_for(operator: Client) -> None:
    answer = post(operator, "/coins", {"mint": MINT, "id": "PEBL", "symbol": "PEBL"})
    assert answer.status_code == 202
    body = answer.json()
    assert (body["coin"]["id"], body["coin"]["mint"], body["coin"]["usd"]) == ("PEBL", MINT, None)
    job = Job.objects.get(uid=body["job"]["id"])
    assert (job.short_task, job.kwargs, job.correlation_id, job.priority) == (
        "update_coin_price", {"coin": "PEBL"}, "coin:PEBL", 10,
    )  # fmt: skip


def test_a_coin_without_an_id_goes_by_its_mint(operator: Client) -> None:
    assert post(operator, "/coins", {"mint": MINT}).json()["coin"]["id"] == MINT


def test_following_again_keeps_the_id_and_wakes_a_coin_that_was_left(operator: Client) -> None:
    post(operator, "/coins", {"mint": MINT, "id": "PEBL"})
    assert operator.delete("/api/v1/coins/PEBL").json()["active"] is False
    assert operator.get("/api/v1/coins").json()["items"] == []
    again = post(operator, "/coins", {"mint": MINT, "id": "OTHER"}).json()["coin"]
    assert (again["id"], again["active"]) == ("PEBL", True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mint": "abc"}, "mint"),
        ({}, "mint"),
        ({"mint": MINT, "id": "../x"}, "id"),
        ({"mint": MINT, "id": "TAKEN"}, "id"),
        ({"mint": MINT, "colour": "red"}, "colour"),
    ],
)
def test_wrong_input_is_told_by_field_and_stores_nothing(
    operator: Client, body: dict[str, Any], field: str
) -> None:
    make_coin("TAKEN", "1" * 32)
    answer = post(operator, "/coins", body)
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]
    assert (Coin.objects.count(), Job.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("path", "task"), [("price-update", "update_coin_price"), ("risk-assessment", "assess_coin_risk")]
)
def test_a_one_time_job_is_started_and_one_under_way_is_met(operator: Client, path: str, task: str) -> None:
    make_coin()
    first, second = (post(operator, f"/jobs/{path}/PEBL") for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert (first.json()["created"], second.json()["created"]) == (True, False)
    assert Job.objects.get().short_task == task
    assert post(operator, f"/jobs/{path}/nobody").status_code == 404
    assert Job.objects.count() == 1


def test_prices_and_scores_are_exact(operator: Client) -> None:
    coin = make_coin()
    price(coin, "0.000001000000000001", 24 * 60 + 5)
    price(coin, "0.0000015", 0, volume_24h="12.50")
    risk(coin)
    [item] = operator.get("/api/v1/coins").json()["items"]
    assert (item["usd"], item["volume24h"], item["riskScore"], item["riskLevel"]) == (
        "0.0000015",
        "12.5",
        42,
        "moderate",
    )
    assert item["change24h"] == "50"  # to a ten-thousandth of a per cent
    assert operator.get("/api/v1/coins/PEBL").json() == item


def test_a_price_chart_has_its_points_in_order(operator: Client) -> None:
    caches["shared"].clear()
    coin = make_coin()
    for minutes in (3000, 300, 0):
        price(coin, str(minutes + 1), minutes)
    points = operator.get("/api/v1/coins/PEBL/prices?days=7").json()["points"]
    assert [point["usd"] for point in points] == ["3001", "301", "1"]
    assert len(operator.get("/api/v1/coins/PEBL/prices?days=1").json()["points"]) == 2
    assert operator.get("/api/v1/coins/PEBL/prices?days=46").status_code == 422


def test_a_risk_is_read_with_its_parts(operator: Client) -> None:
    risk(make_coin())
    body = operator.get("/api/v1/coins/PEBL/risk").json()
    assert (body["score"], body["level"]) == (42, "moderate")
    assert body["parts"] == [
        {"name": "contract", "weight": 25, "points": 50, "note": "",
         "inputs": [{"name": "more can be minted", "value": "by X", "isBad": True}]},
        {"name": "social", "weight": 15, "points": None, "note": "nobody speaks", "inputs": []},
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["nobody", "nobody/prices", "nobody/risk", "PEBL/risk"])
def test_what_is_not_there_is_404(operator: Client, path: str) -> None:
    make_coin()
    assert operator.get(f"/api/v1/coins/{path}").status_code == 404


def test_the_list_goes_on_where_its_page_ended(operator: Client) -> None:
    for number, slug in enumerate("CAB"):
        make_coin(slug, str(number + 2) * 32)
    first = operator.get("/api/v1/coins?limit=2").json()
    rest = operator.get(f"/api/v1/coins?limit=2&after={first['next']}").json()
    assert [item["id"] for item in first["items"] + rest["items"]] == ["A", "B", "C"]
    assert rest["next"] is None


def test_who_may_only_look_starts_and_changes_nothing(viewer: Client) -> None:
    make_coin()
    assert viewer.get("/api/v1/coins/PEBL").status_code == 200
    for path in ("/coins", "/jobs/price-update/PEBL", "/jobs/risk-assessment/PEBL"):
        assert post(viewer, path, {"mint": MINT} if path == "/coins" else None).status_code == 403
    assert viewer.delete("/api/v1/coins/PEBL").status_code == 403
    assert Client().get("/api/v1/coins").status_code == 401
    assert not Job.objects.exists()
    assert Coin.objects.get().active


def risk(coin: Coin) -> None:
    """An assessment of an hour ago, and an older one."""
    parts = (
        part("contract", 25, 50, [Input("more can be minted", "by X", is_bad=True)]),
        unknown("social", 15, "nobody speaks"),
    )
    for hours, score in ((2, 99), (1, 42)):
        RiskAssessment.objects.create(
            coin=coin, assessed_at=timezone.now() - timedelta(hours=hours), score=score,
            level="critical" if score > 75 else "moderate", parts=written(parts),
        )  # fmt: skip
