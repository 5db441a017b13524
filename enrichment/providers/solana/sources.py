"""Which source a wallet's transactions come from."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from enrichment.providers.addresses import SolanaAddresses, solana
from enrichment.providers.budget import Provider
from enrichment.providers.http import Service
from enrichment.providers.solana.helius_enhanced import HeliusEnhanced
from enrichment.providers.solana.plain_rpc import PlainRpc
from enrichment.providers.solana.records import Page, Position, TransactionSource
from enrichment.providers.solana.rpc import Rpc
from enrichment.providers.solana.transactions_for_address import TransactionsForAddress
from jobs.errors import Permanent

_log = logging.getLogger(__name__)
_PATIENCE = 30.0  # seconds: a page of a history is many requests, and worth nothing unless all are made
_NODE = Service("the Solana node", Provider.SOLANA_NODE, patience=_PATIENCE)
_HELIUS = Service("Helius", Provider.HELIUS, patience=_PATIENCE)


@dataclass(frozen=True)
class FirstThatServes:
    """The first source, or the second when the first refuses (a method that the plan does not include)."""

    first: TransactionSource
    second: TransactionSource

    @property
    def name(self) -> str:
        """Both names: which one served is told by the log."""
        return f"{self.first.name}, else {self.second.name}"

    def pages(
        self, address: str, *, before: Position | None, until: Position | None, size: int
    ) -> Iterator[Page]:
        """See `TransactionSource`."""
        pages = self.first.pages(address, before=before, until=until, size=size)
        try:
            beginning = [page for page in [next(pages, None)] if page]
        except Permanent as refusal:
            _log.info("%s, so %s is asked", refusal, self.second.name)
            return self.second.pages(address, before=before, until=until, size=size)
        return chain(beginning, pages)


def node() -> Rpc:
    """The node for what the chain holds now."""
    return _node(solana())


def transaction_source() -> TransactionSource:
    """Helius when there is a key, else the plain node."""
    addresses = solana()
    if not addresses.helius_key:
        return plain_rpc(addresses)
    return FirstThatServes(transactions_for_address(addresses), helius_enhanced(addresses))


def plain_rpc(addresses: SolanaAddresses) -> PlainRpc:
    """The source that needs nothing but a node."""
    return PlainRpc(_node(addresses))


def transactions_for_address(addresses: SolanaAddresses) -> TransactionsForAddress:
    """The source over Helius' own method."""
    return TransactionsForAddress(Rpc(_HELIUS, f"{addresses.helius_rpc}/?api-key={addresses.helius_key}"))


def helius_enhanced(addresses: SolanaAddresses) -> HeliusEnhanced:
    """The source over Helius' legacy API; its token accounts are listed by the node."""
    return HeliusEnhanced(_HELIUS, addresses.helius_api, addresses.helius_key, _node(addresses))


def _node(addresses: SolanaAddresses) -> Rpc:
    """A node that is Helius' own draws on the budget of Helius."""
    return Rpc(_HELIUS if addresses.rpc.startswith(f"{addresses.helius_rpc}/") else _NODE, addresses.rpc)
