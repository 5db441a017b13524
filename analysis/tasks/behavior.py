"""The job that works out how a wallet trades."""

from decimal import Decimal
from typing import Annotated

from celery import shared_task
from pydantic import Field

from analysis.services.behavior.analyse import BehaviorResult, Wanted, analyse
from analysis.services.filters import ALL, TimeRange
from analysis.services.pnl.exact import ZERO
from enrichment.addresses import SolanaAddress
from jobs import Fixed, Unique, lock, progress

Mints = Annotated[list[SolanaAddress], Field(max_length=500)]
Volume = Annotated[Decimal, Field(ge=0, max_digits=30, decimal_places=9)]


@shared_task(time_limit=300, stale_after=480, strategy=Fixed(5), unique=Unique(), subject="address")
def analyze_behavior(
    *,
    address: SolanaAddress,
    time_range: TimeRange = ALL,
    exclude_mints: Mints | None = None,
    min_trading_volume: Volume = ZERO,
) -> BehaviorResult:
    """How a wallet trades: holding times, trade sizes, hours, win rate, concentration, and a style in a word.

    `time_range` is all, a span until now (24h, 30d, 12w) or two dates (2026-01-01/2026-02-01); tokens that
    were traded for less than `min_trading_volume` SOL in that time are left out. Works on what sync_wallet
    stored: let it depend on a sync.
    """
    with lock(f"analysis:{address}:behavior"):
        result = analyse(address, Wanted(time_range, exclude_mints or (), min_trading_volume), progress)
        progress(1, f"{result.style}: {result.reason}")
    return result
