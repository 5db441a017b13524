"""Jobs that bring a wallet's history and holdings in."""

from typing import Annotated, Any

from celery import shared_task
from pydantic import Field

from enrichment.addresses import SolanaAddress
from enrichment.models import Wallet
from enrichment.providers.solana.sources import node, transaction_source
from enrichment.services.tokens import learn_tokens_of
from enrichment.services.wallets.balances import BalanceResult, refresh_balances
from enrichment.services.wallets.sync import WalletSyncResult, Wishes, sync
from jobs import Unique, lock, progress

FIRST_LOOK = 1000  # transactions that a sync without `fetch_all` reads at most


@shared_task(bind=True, time_limit=600, stale_after=900, unique=Unique("address"), subject="address")
def sync_wallet(
    self: Any,
    *,
    address: SolanaAddress,
    fetch_all: bool = False,
    fetch_older: bool = False,
    force_refresh: bool = False,
    limit: Annotated[int, Field(ge=1, le=1_000_000)] | None = None,
) -> WalletSyncResult:
    """Fetch a wallet's transactions, newest first: what is new, and up to `limit` at the first time.

    `fetch_all` brings the whole history, `fetch_older` the next `limit` below what is known,
    `force_refresh` reads again what is stored. A sync that was cut off is gone on with. The result says
    synced or already-current, with counts over all its runs; a sync that fails is a job that failed.
    """
    most = limit if fetch_all or limit else FIRST_LOOK
    wishes = Wishes(older=fetch_all or fetch_older, limit=most, refresh=force_refresh)
    with lock(f"wallet:{address}:sync"):
        progress(0, "Looking for transactions")
        result = sync(address, transaction_source(), wishes, _tell, self.request.id or "")
        progress(0.97, "Looking up the tokens")
        learn_tokens_of(Wallet.objects.get(address=address), node())
        progress(1, _summary(result))
    return result


@shared_task(time_limit=120, stale_after=240, unique=Unique("address"), subject="address")
def fetch_balance(*, address: SolanaAddress) -> BalanceResult:
    """Fetch what a wallet holds now: lamports, and every token."""
    with lock(f"wallet:{address}:balance"):
        progress(0, "Asking for the balances")
        result = refresh_balances(address, node())
        progress(1, f"{result.tokens} tokens")
    return result


def _tell(read: int, new: int) -> None:
    """The end is not known before it is reached, so the bar nears it ever more slowly."""
    progress(0.95 * read / (read + 500), f"{read:,} transactions read, {new:,} new", read=read, new=new)


def _summary(result: WalletSyncResult) -> str:
    if result.status == "already-current":
        return f"Already current: {result.transactions:,} transactions"
    return f"{result.new:,} new transactions, {result.trades:,} trades"
