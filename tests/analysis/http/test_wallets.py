"""/api/v1/wallets."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from enrichment.models import Wallet
from jobs.models import Job
from tests.analysis.queries.test_wallets import ADDRESS, store_report
from tests.outside import Outside


@pytest.fixture
def operator(db: None) -> Client:
    """Somebody who may start jobs."""
    client = Client()
    client.force_login(User.objects.create_user("olga", is_staff=True))
    return client


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


@pytest.mark.parametrize("path", [ADDRESS, f"{ADDRESS}/pnl", f"{ADDRESS}/pnl?method=lifo"])
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
    viewer.force_login(User.objects.create_user("victor"))
    assert viewer.get("/api/v1/wallets").status_code == 200
    assert viewer.post(f"/api/v1/wallets/{ADDRESS}/analyse").status_code == 403
    assert Client().get("/api/v1/wallets").status_code == 401
    assert not Job.objects.exists()
