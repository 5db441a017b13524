"""Grants of single queues hold for what the domain starts, by HTTP and on the pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from enrichment.models import Coin
from jobs.fence.connection import client as redis
from jobs.models import Job, QueueGrant

WALLET = "86xCnPeV69n6t3DnyGvkKobf9FdN2H9oiVDdaMpo2MMY"
ETHER = "0x00000000000000000000000000000000000000"
NOTE = {"channel": "log", "recipient": "anybody", "subject": "Hello"}
CONTRACT = {"name": "Token", "sender": f"{ETHER}01", "source": "x", "arguments": []}
INTENT = {"kind": "transfer", "sender": f"{ETHER}01", "recipient": f"{ETHER}02", "amount": "1"}
ANALYSIS = ["wallet-operations", "enrichment-operations", "analysis-operations"]
CHAIN = ["intent-fulfillment", "blockchain-execution"]

# What is asked for, the queues that it needs, the answer to whoever has them. Where that is no 202,
# there is nothing of the user's to start a job about.
BY_HTTP: list[tuple[str, Any, list[str], int]] = [
    (f"wallets/{WALLET}/sync", {}, ["wallet-operations"], 202),
    (f"wallets/{WALLET}/pnl", {}, ["analysis-operations"], 202),
    ("wallets/enrich", {"addresses": [WALLET]}, ["enrichment-operations"], 202),
    ("wallets", {"address": WALLET}, ANALYSIS, 202),
    ("jobs/price-update/wif", None, ["price-updates"], 202),
    ("jobs/risk-assessment/wif", None, ["risk-assessment"], 202),
    ("jobs/social-scraping/wif", {}, ["social-scraping"], 202),
    ("news/index", {}, ["index-market-news"], 202),
    ("notifications", NOTE, ["notifications"], 202),
    ("speech", {"text": "Hello there."}, ["process-tts"], 202),
    ("alerts/1/check", None, ["alert-processing"], 404),
    ("orders/sync", None, ["orders"], 422),
    ("exchange-accounts/nobody/sync", None, ["orders", "balances", "exchange-prices"], 404),
    ("contracts", CONTRACT, ["deploy-contract"], 202),
    ("intents", INTENT, CHAIN, 202),
]
ON_PAGES: list[tuple[str, dict[str, str], list[str]]] = [
    ("wallets", {"address": WALLET}, ANALYSIS),
    ("coins/wif", {"action": "price"}, ["price-updates"]),
    ("coins/wif", {"action": "risk"}, ["risk-assessment"]),
    ("social/wif", {}, ["social-scraping"]),
    ("news", {}, ["index-market-news"]),
    ("notifications", NOTE, ["notifications"]),
    ("speech", {"text": "Hello there."}, ["process-tts"]),
]


@pytest.fixture
def of(db: None) -> Callable[[str, list[str]], Client]:
    """The client of a new user who has grants for these queues and no other right."""
    redis().flushall()
    Coin.objects.create(slug="wif", symbol="WIF", mint=WALLET)

    def client(name: str, queues: list[str]) -> Client:
        user = User.objects.create_user(name)
        QueueGrant.objects.bulk_create(QueueGrant(queue=queue, user=user) for queue in queues)
        found = Client()
        found.force_login(user)
        return found

    return client


@pytest.mark.parametrize(("path", "body", "queues", "answer"), BY_HTTP, ids=[row[0] for row in BY_HTTP])
def test_by_http(of: Any, path: str, body: Any, queues: list[str], answer: int) -> None:
    def status(client: Client) -> int:
        return client.post(f"/api/v1/{path}", body, content_type="application/json").status_code

    every = sorted({queue for _, _, needed, _ in BY_HTTP for queue in needed})
    for number, missing in enumerate(queues):
        assert status(of(f"short-{number}", [queue for queue in every if queue != missing])) == 403
    assert not Job.objects.exists()
    assert status(of("granted", queues)) == answer
    started = set(Job.objects.values_list("queue", flat=True))
    assert started <= set(queues)
    assert bool(started) == (answer == 202)


@pytest.mark.parametrize(("path", "body", "queues"), ON_PAGES, ids=[row[2][0] for row in ON_PAGES])
def test_on_pages(of: Any, path: str, body: dict[str, str], queues: list[str]) -> None:
    assert of("other", ["orders"]).post(f"/{path}", body).status_code == 403
    assert not Job.objects.exists()
    assert of("granted", queues).post(f"/{path}", body).status_code == 302
    assert set(Job.objects.values_list("queue", flat=True)) == set(queues)
