"""What the wallet pages read."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import LazySettings

from analysis.models import PnlReport
from analysis.queries.pnl import analysis_of
from analysis.queries.wallets import WalletOverview, recent_wallets, sample_wallets, wallet_overview
from analysis.services.pnl.as_json import report_as_json
from analysis.services.pnl.lots import Method
from analysis.services.wallet_pnl.analyse import Market, work_out
from enrichment.models import SyncState, Token, TokenBalance, Wallet
from tests.analysis.services.wallet_pnl.histories import SOL, bought, history, sold
from tests.outside import Outside, point_at

ADDRESS = "So11111111111111111111111111111111111111112"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def store_report(method: str = "fifo", net: str = "0.5", at: datetime = NOON) -> None:
    """A report on a purchase and a sale of A."""
    report, _ = work_out(
        history(bought("A", 10_000, SOL), sold("A", 5_000, SOL)), Method(method), Market(None, None)
    )
    body = report_as_json(report)
    PnlReport.objects.create(
        address=ADDRESS,
        method=method,
        computed_at=at,
        transactions=2,
        net=Decimal(net),
        sol_usd=Decimal(150),
        matches=body.pop("matches"),
        report=body,
    )


@pytest.mark.django_db
def test_an_analysis_has_exact_money_and_names_its_tokens() -> None:
    store_report()
    Token.objects.create(mint="A", decimals=2, symbol="AAA", name="Triple")
    found = analysis_of(ADDRESS)
    assert found
    (line,) = found.tokens
    assert (line.symbol, line.name) == ("AAA", "Triple")
    assert (line.acquired, line.sold, line.held) == (Decimal(100), Decimal(50), Decimal(50))
    assert (line.proceeds, line.cost_basis, line.net) == (Decimal(1), Decimal("0.5"), Decimal("0.5"))
    assert found.totals.net == Decimal("0.5")
    assert found.in_usd(found.totals.net) == 75
    assert [(point.day.isoformat(), point.cumulative_net) for point in found.days] == [
        ("2026-01-02", Decimal("0.5"))
    ]
    (lot,) = found.open_lots
    assert (lot.symbol, lot.quantity, lot.cost_basis) == ("AAA", Decimal(50), Decimal("0.5"))


@pytest.mark.django_db
def test_there_is_no_analysis_by_a_method_that_was_not_asked_for() -> None:
    store_report("fifo")
    assert analysis_of(ADDRESS, "lifo") is None
    assert analysis_of("other") is None


@pytest.mark.django_db
def test_an_unknown_wallet_is_told_so() -> None:
    assert wallet_overview(ADDRESS) == WalletOverview(ADDRESS, known=False)


@pytest.mark.django_db
def test_balances_are_whole_units_and_what_is_empty_is_left_out() -> None:
    wallet = Wallet.objects.create(address=ADDRESS, lamports=1_500_000_000, balances_at=NOON)
    TokenBalance.objects.create(wallet=wallet, mint="A", amount=12_345, decimals=2)
    TokenBalance.objects.create(wallet=wallet, mint="B", amount=0, decimals=0)
    found = wallet_overview(ADDRESS)
    assert found.sol == Decimal("1.5")
    assert [(balance.mint, balance.amount) for balance in found.balances] == [("A", Decimal("123.45"))]


@pytest.mark.django_db
def test_recent_wallets_come_newest_first_with_the_net_of_their_newest_report() -> None:
    for number, address in enumerate(("old", ADDRESS, "never")):
        wallet = Wallet.objects.create(address=address)
        synced = None if address == "never" else NOON.replace(minute=number)
        SyncState.objects.create(wallet=wallet, last_synced_at=synced)
    store_report("fifo", "1", NOON)
    store_report("lifo", "2", NOON.replace(hour=13))
    rows = recent_wallets()
    assert [(row.address, row.net, row.method) for row in rows] == [
        (ADDRESS, Decimal(2), "lifo"),
        ("old", None, None),
    ]
    assert len(recent_wallets(1)) == 1


def test_the_sandbox_offers_sample_wallets(outside: Outside) -> None:
    found = sample_wallets()
    assert {sample.label: sample.address for sample in found} == outside.wallets()
    assert all(sample.style and sample.description for sample in found)


def test_there_are_no_samples_without_a_sandbox_or_with_a_real_chain(
    outside: Outside, settings: LazySettings
) -> None:
    settings.SOLANA_RPC_URL = "https://api.mainnet-beta.solana.com"
    assert sample_wallets() == ()
    point_at("http://127.0.0.1:9", settings)
    assert sample_wallets() == ()
