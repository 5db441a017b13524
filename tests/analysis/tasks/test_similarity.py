"""Comparing wallets of the sandbox."""

from typing import Any

import pytest
from celery.result import AsyncResult

from analysis.flows.wallets import compare_wallets
from analysis.models import SimilarityReport
from analysis.services.similarity.sorting import held_tokens
from analysis.tasks import calculate_similarity
from enrichment.models import TokenBalance, TokenTransfer, Trade, Wallet
from enrichment.providers.solana.programs import MONEY, SOL_MINT, USDC_MINT
from enrichment.tasks import enrich_token_balances
from jobs import Permanent, Priority, testing
from jobs.errors import ArgumentsRefused
from jobs.models import Job
from tests.outside import Outside

pytestmark = pytest.mark.django_db


def compared(*addresses: str, **wishes: Any) -> tuple[dict[str, Any], testing.Jobs]:
    """The result of a comparison, syncs and all."""
    with testing.inline() as jobs:
        started = compare_wallets(list(addresses), **wishes)
    result = AsyncResult(started.flow.steps[-1].uid).get(timeout=1)
    return dict(result), jobs


def test_wallets_are_synced_compared_and_set_apart_with_reasons(outside: Outside) -> None:
    labels = ("Swing 1", "Holder 1", "System wallet", "Empty wallet")
    swing, holder, system, empty = (outside.address(label) for label in labels)
    result, jobs = compared(swing, holder, "nonsense", system, empty)
    assert result["wallets"] == [swing, holder]
    assert {one["address"]: one["reason"] for one in result["set_apart"]} == {
        "nonsense": "invalid", system: "system", empty: "no trades",
    }  # fmt: skip
    assert result["wallets_needing_sync"] == []
    pair = result["pairs"][0]
    assert (pair["first"], pair["second"]) == (swing, holder)
    assert pair["shared_tokens"] == len(pair["shared"]) > 0
    assert pair["scores"]["binary"]["jaccard"] == pytest.approx(
        pair["shared_tokens"] / (sum(result["tokens"].values()) - pair["shared_tokens"])
    )
    assert SimilarityReport.objects.get(request_id=result["request_id"]).result == result
    jobs.assert_enqueued(
        enrich_token_balances, addresses=[swing, holder], strategy="background", context="similarity"
    )
    assert Job.objects.filter(task__endswith="enrich_token_balances").earliest("id").priority == Priority.LOW


def test_money_is_no_token_and_what_is_excluded_is_not_compared(outside: Outside) -> None:
    one, other = outside.address("Swing 2"), outside.address("Swing 1")
    whole, _ = compared(one, other)
    shared = whole["pairs"][0]["shared"]
    assert SOL_MINT not in shared
    less, _ = compared(one, other, exclude_mints=shared[:1], min_shared_tokens=0)
    assert less["pairs"][0]["shared_tokens"] == whole["pairs"][0]["shared_tokens"] - 1


def test_money_does_not_make_a_system_wallet(outside: Outside) -> None:
    one, other = outside.address("Swing 2"), outside.address("Swing 1")
    compared(one, other)
    held = held_tokens(other)
    TokenBalance.objects.create(
        wallet=Wallet.objects.get(address=other), mint=USDC_MINT, amount=5, decimals=6
    )
    assert held_tokens(other) == held
    most = max(len(mints_touched(wallet) - MONEY) for wallet in (one, other))
    assert compared(one, other, max_tokens=most)[0]["wallets"] == [one, other]


def mints_touched(address: str) -> set[str]:
    """Whatever a wallet traded, got or gave."""
    trades = Trade.objects.filter(transaction__wallet__address=address)
    transfers = TokenTransfer.objects.filter(transaction__wallet__address=address)
    rows = (trades.values_list("sold_mint"), trades.values_list("bought_mint"), transfers.values_list("mint"))
    return {mint for found in rows for (mint,) in found}


def test_a_wallet_is_the_same_as_itself_and_asked_twice_is_one_wallet(outside: Outside) -> None:
    one, other = outside.address("Swing 1"), outside.address("Swing 2")
    result, _ = compared(one, other, one)
    assert result["wallets"] == [one, other]


def test_without_a_sync_the_job_fails_and_names_the_wallets(outside: Outside) -> None:
    one, other = outside.address("Swing 1"), outside.address("Swing 2")
    with testing.inline() as jobs:
        calculate_similarity.delay(addresses=[one, other])
        jobs.assert_failed(calculate_similarity, error=Permanent)
        assert "only 0 of 2 wallets can be compared" in jobs.dead_letters[0].error


def test_one_of_five_wallets_may_fail(outside: Outside) -> None:
    wallets = [outside.address(f"Swing {number}") for number in range(1, 5)]
    missing = outside.address("Sniper 1")
    compared(*wallets)
    with testing.inline():
        job = calculate_similarity.delay(addresses=[*wallets, missing], enrich=False)
    result = AsyncResult(job.id).get(timeout=1)
    assert result["wallets"] == wallets
    assert result["set_apart"][0]["reason"] == "never synced"
    assert result["wallets_needing_sync"] == [missing]
    with testing.inline() as jobs:
        calculate_similarity.delay(addresses=[*wallets[:3], missing], enrich=False)
        jobs.assert_failed(calculate_similarity, error=Permanent)


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"addresses": ["nonsense", "rubbish"]}, "addresses"),
        ({"addresses": [SOL_MINT, SOL_MINT]}, "addresses"),
        ({"time_range": "long ago"}, "time_range"),
        ({"vector_kinds": ["money"]}, "vector_kinds"),
        ({"min_shared_tokens": -1}, "min_shared_tokens"),
        ({"exclude_mints": ["x"]}, "exclude_mints"),
    ],
)
def test_wrong_wishes_are_refused_by_field_and_nothing_is_stored(
    outside: Outside, wishes: dict[str, Any], field: str
) -> None:
    addresses = wishes.pop("addresses", [outside.address("Swing 1"), outside.address("Swing 2")])
    with pytest.raises(ArgumentsRefused) as refusal:
        compare_wallets(addresses, **wishes)
    assert all(name.startswith(field) for name in refusal.value.fields)
    assert not Job.objects.exists()
    assert not SimilarityReport.objects.exists()
