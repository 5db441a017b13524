"""The job that scores a coin's risk, against the sandbox's chain and market."""

import re

import pytest

from analysis.models import RiskAssessment
from analysis.services.risk.as_json import read
from analysis.services.risk.parts import Part
from analysis.tasks.risk import assess_coin_risk, assess_coin_risks
from enrichment.models import Coin
from jobs import Permanent, testing
from jobs.errors import Transient
from jobs.models import Job
from tests.enrichment.tasks.test_coins import coin
from tests.outside import Outside

pytestmark = pytest.mark.django_db


def assessed(symbol: str, outside: Outside) -> dict[str, Part]:
    """The stored parts of a sample coin's assessment."""
    known = coin(outside, symbol)
    with testing.inline():
        assess_coin_risk.delay(coin=symbol)
    row = RiskAssessment.objects.get(coin=known)
    return {part.name: part for part in read(row.parts)}


def told(part: Part) -> dict[str, str]:
    """A part's inputs by name."""
    return {one.name: one.value for one in part.inputs}


def test_a_coin_that_can_be_minted_and_frozen_is_flagged(outside: Outside) -> None:
    parts = assessed("NIMB", outside)
    assert parts["contract"].points == 85
    issuer = outside._get("/sandbox/tokens")[-1]["mint_authority"]
    assert told(parts["contract"])["more can be minted"] == f"by {issuer[:4]}…{issuer[-4:]}"


def test_a_coin_whose_authorities_were_given_up_is_clean(outside: Outside) -> None:
    parts = assessed("KITE", outside)
    assert parts["contract"].points == 0
    inputs = told(parts["contract"])
    assert re.fullmatch(r"\d+ of 100", inputs.pop("RugCheck"))
    assert inputs == {
        "more can be minted": "no, given up",
        "accounts can be frozen": "no, given up",
        "program": "SPL Token",
    }
    assert parts["social"].points is None


def test_a_coin_whose_liquidity_was_pulled_is_flagged_by_rugcheck(outside: Outside) -> None:
    found = assessed("DUSK", outside)["contract"]
    assert (found.points, told(found)["more can be minted"]) == (100, "no, given up")
    assert told(found)["known flag"] == "it was rugged: its liquidity was taken away"


def test_liquidity_is_what_the_market_says(outside: Outside) -> None:
    found = assessed("LUMN", outside)["liquidity"]
    mint = Coin.objects.get().mint
    [pair] = outside._get(f"/dexscreener/tokens/v1/solana/{mint}")
    assert told(found)["in the pools"] == f"${pair['liquidity']['usd']:,.0f}"
    assert told(found)["traded in 24 hours"] == f"${pair['volume']['h24']:,.0f}"
    assert told(found)["share of the market value"] == f"{pair['liquidity']['usd'] / pair['marketCap']:.1%}"


def test_the_pool_is_no_holder(outside: Outside) -> None:
    holders = assessed("DUSK", outside)["holders"]
    assert told(holders)["in pools and programs"] not in {"0.0%", ""}
    amounts = {
        row["address"]: int(row["amount"])
        for row in outside.rpc("getTokenLargestAccounts", Coin.objects.get().mint)["value"]
    }
    supply = int(outside.rpc("getTokenSupply", Coin.objects.get().mint)["value"]["amount"])
    pools = {
        pool["address"]
        for row in outside._get("/sandbox/tokens")
        if row["symbol"] == "DUSK"
        for pool in row["pools"]
    }
    owners = {
        account: outside.rpc("getAccountInfo", account, {"encoding": "jsonParsed"})["value"]["data"][
            "parsed"
        ]["info"]["owner"]
        for account in amounts
    }
    apart = sum(amount for account, amount in amounts.items() if owners[account] in pools)
    ten = sorted(
        (amount for account, amount in amounts.items() if owners[account] not in pools), reverse=True
    )[:10]
    assert told(holders)["ten largest hold"] == f"{sum(ten) / (supply - apart):.1%}"


def test_assessing_twice_in_a_minute_makes_one_row(outside: Outside) -> None:
    coin(outside, "FERN")
    with testing.inline():
        one, other = assess_coin_risk.delay(coin="FERN"), assess_coin_risk.delay(coin="FERN")
    assert one.get()["score"] == other.get()["score"]
    rows = RiskAssessment.objects.values_list("assessed_at", flat=True)
    assert len(set(rows)) == len(rows) <= 2


def test_the_result_has_the_points_of_each_part(outside: Outside) -> None:
    coin(outside, "GRIT")
    with testing.inline():
        result = assess_coin_risk.delay(coin="GRIT").get()
    assert set(result["points"]) == {"liquidity", "holders", "contract", "social"}
    assert 1 <= result["score"] <= 100
    assert result["level"] in {"low", "moderate", "high", "critical"}


def test_an_address_without_a_token_is_a_dead_letter(outside: Outside) -> None:
    Coin.objects.create(slug="none", mint="11111111111111111111111111111112")
    with testing.inline() as jobs:
        assess_coin_risk.delay(coin="none")
        jobs.assert_failed(assess_coin_risk, coin="none", error=Permanent)
    assert not RiskAssessment.objects.exists()


def test_a_node_that_is_away_is_tried_again_and_stores_nothing(outside: Outside) -> None:
    coin(outside)
    with outside.faults(status_500=1, paths=["/solana"]), testing.inline() as jobs:
        assess_coin_risk.delay(coin="PEBL")
        assert jobs.assert_failed(assess_coin_risk, coin="PEBL", error=Transient).attempt == 3
    assert not RiskAssessment.objects.exists()


def test_every_two_hours_each_followed_coin_gets_a_job_of_its_own() -> None:
    Coin.objects.create(slug="a", mint="1" * 32)
    Coin.objects.create(slug="b", mint="1" * 33)
    Coin.objects.create(slug="left", mint="1" * 34, active=False)
    with testing.stepwise() as jobs:
        assess_coin_risks.delay()
        jobs.run_next()
        started = Job.objects.filter(task__endswith="assess_coin_risk").values_list(
            "subject", "correlation_id"
        )
    assert sorted(started) == [("a", "coin:a"), ("b", "coin:b")]
