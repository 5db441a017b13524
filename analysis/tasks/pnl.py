"""The job that works out a wallet's profit and loss."""

from decimal import Decimal

from celery import shared_task

from analysis.services.pnl.lots import Method
from analysis.services.wallet_pnl.analyse import PnlResult, analyse
from enrichment.addresses import SolanaAddress
from jobs import Fixed, Unique, lock, progress


@shared_task(
    time_limit=300,
    stale_after=480,
    strategy=Fixed(5),
    idempotent_for=600,
    unique=Unique("address", "method"),
    subject="address",
)
def analyze_pnl(
    *, address: SolanaAddress, method: Method = Method.FIFO, force_refresh: bool = False
) -> PnlResult:
    """Profit and loss of a wallet by FIFO, LIFO, HIFO or average cost, fees included, in SOL.

    Asked again within ten minutes it answers with the report there is, unless `force_refresh` is given.
    Works on what sync_wallet stored: let it depend on a sync.
    """
    with lock(f"analysis:{address}:pnl"):
        result = analyse(address, method, progress)
        progress(1, f"Net {Decimal(result.net):,.4f} SOL over {result.transactions:,} transactions")
    return result
