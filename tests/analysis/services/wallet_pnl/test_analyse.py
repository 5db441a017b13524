"""The report on a synced wallet equals the engine on the wallet's ledger, to the last digit."""

import pytest

from analysis.models import PnlReport
from analysis.services.pnl.as_json import report_as_json
from analysis.services.pnl.lots import Method
from analysis.services.wallet_pnl.analyse import analyse, ask_market, work_out
from analysis.services.wallet_pnl.history import History
from enrichment.models import Wallet
from enrichment.providers.solana.programs import SOL_MINT
from enrichment.providers.solana.sources import node, transaction_source
from enrichment.services.tokens import learn_tokens_of
from enrichment.services.wallets.sync import Wishes, sync
from jobs.errors import Permanent, RateLimited
from tests.outside import Outside

LABELS = [
    "Scalper 1", "Swing 1", "Holder 1", "Sniper 1", "Accumulator 1", "Whale 1", "Loser 1", "Airdropped 1",
    "Hopper 1", "Round-tripper", "Keeper of wrapped SOL", "Dollar trader", "Pair, first wallet",
    "Pair, second wallet", "Missing acquisitions",
]  # fmt: skip


def bring_in(address: str) -> None:
    """What sync_wallet does."""
    sync(address, transaction_source(), Wishes(older=True), lambda *_: None)
    learn_tokens_of(Wallet.objects.get(address=address), node())


def assert_equals_the_ledger(outside: Outside, address: str, method: Method) -> None:
    """The stored report against one that knows the chain only from the ledger."""
    row = PnlReport.objects.get(address=address, method=method.value)
    decimals = outside.tokens()
    history = History(outside.ledger(address), decimals, complete=True)
    report, flags = work_out(history, method, ask_market(mint for mint in decimals if mint != SOL_MINT))
    expected = report_as_json(report)
    assert row.matches == expected.pop("matches")
    expected["flags"] += flags
    assert row.report == expected
    assert row.transactions == len(history.moments)


@pytest.mark.django_db
@pytest.mark.parametrize("label", LABELS)
def test_every_style_of_trading_comes_out_as_its_ledger_says(outside: Outside, label: str) -> None:
    address = outside.address(label)
    bring_in(address)
    result = analyse(address, Method.FIFO, lambda *_: None)
    assert_equals_the_ledger(outside, address, Method.FIFO)
    assert result.net == PnlReport.objects.get().report["totals"]["net"]
    assert (PnlReport.objects.get().matches != []) == (label != "Pair, first wallet" and "Accum" not in label)


@pytest.mark.django_db
def test_every_method_has_a_report_of_its_own_and_a_new_one_replaces_the_old(outside: Outside) -> None:
    address = outside.address("Swing 1")
    bring_in(address)
    for method in (*Method, *Method):
        analyse(address, method, lambda *_: None)
        assert_equals_the_ledger(outside, address, method)
    assert PnlReport.objects.count() == len(Method)
    assert len(set(PnlReport.objects.values_list("net", flat=True))) > 1


@pytest.mark.django_db
def test_a_wallet_that_sold_what_it_never_bought_is_flagged(outside: Outside) -> None:
    address = outside.address("Missing acquisitions")
    bring_in(address)
    analyse(address, Method.FIFO, lambda *_: None)
    flags = PnlReport.objects.get().report["flags"]
    assert "missing_acquisition" in {flag["kind"] for flag in flags}


@pytest.mark.django_db
def test_a_wallet_that_was_never_synced_cannot_be_analysed(outside: Outside) -> None:
    with pytest.raises(Permanent, match="sync_wallet must run first"):
        analyse(outside.address("Whale 2"), Method.FIFO, lambda *_: None)


@pytest.mark.django_db
def test_an_empty_wallet_has_an_empty_report(outside: Outside) -> None:
    address = outside.address("Empty wallet")
    bring_in(address)
    result = analyse(address, Method.FIFO, lambda *_: None)
    assert (result.net, result.transactions, result.tokens, result.flags) == ("0", 0, 0, 0)


@pytest.mark.django_db
def test_a_market_that_is_down_leaves_the_valuation_out_and_one_that_asks_to_wait_is_waited_for(
    outside: Outside,
) -> None:
    address = outside.address("Holder 1")
    bring_in(address)
    with outside.faults(status_500=1, paths=["/dexscreener"]):
        result = analyse(address, Method.FIFO, lambda *_: None)
    assert result.unrealised is None
    assert result.sol_usd is not None
    with outside.faults(status_429=1, paths=["/coingecko"]), pytest.raises(RateLimited):
        analyse(address, Method.FIFO, lambda *_: None)
