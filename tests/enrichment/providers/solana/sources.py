"""The three sources at a sandbox, by name."""

from collections.abc import Callable

from enrichment.providers.addresses import SolanaAddresses
from enrichment.providers.solana.records import Position, RawTransaction, TransactionSource
from enrichment.providers.solana.sources import helius_enhanced, plain_rpc, transactions_for_address

MAKERS: dict[str, Callable[[SolanaAddresses], TransactionSource]] = {
    "plain RPC": plain_rpc,
    "Helius enhanced": helius_enhanced,
    "getTransactionsForAddress": transactions_for_address,
}


def source_at(url: str, name: str) -> TransactionSource:
    """A source that talks to the sandbox at a URL."""
    addresses = SolanaAddresses(f"{url}/solana", f"{url}/helius", f"{url}/helius", "a-key", is_sandbox=True)
    return MAKERS[name](addresses)


def everything(
    source: TransactionSource,
    address: str,
    before: Position | None = None,
    until: Position | None = None,
    size: int = 100,
) -> list[RawTransaction]:
    """All pages in a row."""
    pages = source.pages(address, before=before, until=until, size=size)
    return [transaction for page in pages for transaction in page.transactions]
