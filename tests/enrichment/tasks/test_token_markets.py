"""The market data of what wallets hold, from the sandbox's markets."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from celery.result import AsyncResult

from enrichment.models import Token, TokenMarket
from enrichment.providers.solana.programs import SOL_MINT
from enrichment.services.token_markets.ask import Found, ask
from enrichment.tasks import enrich_token_balances, fetch_balance
from jobs import Priority, testing
from jobs.errors import ArgumentsRefused, RateLimited, Transient
from jobs.models import Job
from tests.outside import Outside

pytestmark = pytest.mark.django_db


def known(outside: Outside) -> dict[str, dict[str, Any]]:
    """What the sandbox knows of its tokens, by symbol."""
    return {row["symbol"]: row for row in httpx2.get(f"{outside.url}/sandbox/tokens").json()}


def enriched(outside: Outside, label: str = "Market maker", **wishes: Any) -> dict[str, Any]:
    """The result of one enrichment, balances and all."""
    address = outside.address(label)
    with testing.inline() as jobs:
        fetch_balance.delay(address=address)
        job = enrich_token_balances.delay(addresses=[address], **wishes)
    assert not jobs.dead_letters
    return dict(AsyncResult(job.id).get(timeout=1))


def test_what_is_held_gets_names_and_the_prices_of_its_own_pools(outside: Outside) -> None:
    result = enriched(outside)
    assert (result["failed"], result["deferred"], result["fresh"]) == (0, 0, 0)
    assert result["enriched"] + result["unpriced"] == result["tokens"] > 5
    for market in TokenMarket.objects.select_related("token").filter(source="dexscreener"):
        told = known(outside)[market.token.symbol]
        assert market.token.mint == told["mint"]
        assert float(market.price or 0) == pytest.approx(told["usd"], rel=1e-5)


def test_a_token_that_is_only_the_quote_of_pairs_gets_its_price_from_elsewhere(outside: Outside) -> None:
    usdc = known(outside)["USDC"]["mint"]
    with testing.inline():
        enrich_token_balances.delay(addresses=[outside.address("Dollar trader")], mints=[usdc, SOL_MINT])
    market = TokenMarket.objects.get(token__mint=usdc)
    assert (market.price, market.source, market.token.symbol) == (Decimal(1), "jupiter", "USDC")


@pytest.mark.parametrize(
    ("away", "source"), [(["/dexscreener"], "jupiter"), (["/dexscreener", "/jupiter"], "defillama")]
)
def test_a_market_that_is_away_is_replaced_by_the_next(
    outside: Outside, away: list[str], source: str
) -> None:
    with outside.faults(status_500=1, paths=away):
        result = enriched(outside)
    assert set(result["sources"]) == {source}
    assert result["sources"][source] > 5


def test_when_no_market_answers_the_job_is_tried_again_and_fails(outside: Outside) -> None:
    address = outside.address("Holder 1")
    with (
        outside.faults(status_500=1, paths=["/dexscreener", "/jupiter", "/defillama"]),
        testing.inline() as jobs,
    ):
        enrich_token_balances.delay(addresses=[address], mints=[SOL_MINT])
        assert jobs.assert_failed(enrich_token_balances, error=Transient).attempt == 3
    assert not TokenMarket.objects.exists()


def test_what_is_young_enough_for_a_dashboard_is_not_asked_for_again(outside: Outside) -> None:
    first = enriched(outside, context="dashboard")
    again = enriched(outside, context="dashboard")
    assert (again["fresh"], again["batches"], again["enriched"]) == (first["tokens"], 0, 0)
    by_hand = enriched(outside)
    assert (by_hand["fresh"], by_hand["enriched"]) == (0, first["enriched"])
    assert TokenMarket.objects.count() == first["tokens"]


def test_a_job_that_had_to_wait_goes_on_where_it_was_and_counts_all_it_brought(outside: Outside) -> None:
    address = outside.address("System wallet")
    with testing.inline():
        fetch_balance.delay(address=address)
    asked: list[int] = []

    def answering(mints: Sequence[str]) -> dict[str, Found]:
        asked.append(len(mints))
        if len(asked) == 3:
            raise RateLimited(1, "wait")
        return ask(mints)

    with testing.stepwise() as jobs, pytest.MonkeyPatch.context() as patch:
        patch.setattr("enrichment.services.token_markets.enrich.ask", answering)
        job = enrich_token_balances.delay(addresses=[address], optimization_hint="small")
        jobs.run_until_idle()
    result = AsyncResult(job.id).get(timeout=1)
    assert (result["fresh"], result["failed"], result["deferred"]) == (0, 0, 0)
    assert result["enriched"] + result["unpriced"] == result["tokens"] > 200
    assert sum(asked) == result["tokens"] + asked[2], "only what was refused was asked for again"


def test_a_hybrid_leaves_all_but_the_first_batch_to_jobs_of_low_priority(outside: Outside) -> None:
    mints = [row["mint"] for row in known(outside).values()]
    spam = enriched(
        outside, "System wallet", strategy="hybrid", optimization_hint="small", context="similarity"
    )
    assert spam["deferred"] == spam["tokens"] - 30 > 200
    children = Job.objects.filter(uid__in=spam["background_jobs"])
    assert {child.priority for child in children} == {Priority.LOW}
    assert {child.state for child in children} == {"completed"}
    assert TokenMarket.objects.count() == Token.objects.count() == spam["tokens"]
    assert mints


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"addresses": []}, "addresses"),
        ({"addresses": ["x"]}, "addresses"),
        ({"addresses": [SOL_MINT], "strategy": "later"}, "strategy"),
        ({"addresses": [SOL_MINT], "optimization_hint": "huge"}, "optimization_hint"),
        ({"addresses": [SOL_MINT], "context": "fun"}, "context"),
    ],
)
def test_wrong_wishes_are_refused_by_field(wishes: dict[str, Any], field: str) -> None:
    with pytest.raises(ArgumentsRefused) as refusal:
        enrich_token_balances.delay(**wishes)
    assert any(name.startswith(field) for name in refusal.value.fields)
    assert not Job.objects.exists()
