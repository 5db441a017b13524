"""A wallet's stored history, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from enrichment.models import SyncState, Token, Wallet, WalletTransaction
from enrichment.services.normaliser.meaning import Leg, Meaning, Transfer

_AT_ONCE = 2000  # rows read from the database at a time


@dataclass(frozen=True, slots=True)
class Moment:
    """One transaction: what it meant, and when."""

    signature: str
    time: datetime
    meaning: Meaning


@dataclass(frozen=True)
class History:
    """All that is stored; `decimals` by mint. Not `complete`: older transactions have not been fetched."""

    moments: list[Moment]
    decimals: dict[str, int]
    complete: bool


def read_history(address: str) -> History:
    """The history of a wallet; empty for one that was never synced."""
    wallet = Wallet.objects.filter(address=address).first()
    if wallet is None:
        return History([], {}, complete=False)
    moments = list(_moments(wallet))
    mints = {mint for moment in moments for mint in mints_of(moment.meaning)}
    decimals = dict(Token.objects.filter(mint__in=mints).values_list("mint", "decimals"))
    complete = SyncState.objects.filter(wallet=wallet, complete=True, walk__isnull=True).exists()
    return History(moments, decimals, complete)


def mints_of(meaning: Meaning) -> Iterator[str]:
    """Every asset that changed hands."""
    for leg in meaning.legs:
        yield from (leg.sold_mint, leg.bought_mint)
    for transfer in meaning.transfers:
        yield transfer.mint


def _moments(wallet: Wallet) -> Iterator[Moment]:
    rows = WalletTransaction.objects.filter(wallet=wallet).defer("raw").order_by("place")
    for row in rows.prefetch_related("trades", "transfers").iterator(chunk_size=_AT_ONCE):
        yield Moment(row.signature, row.time, _meaning(row))


def _meaning(row: WalletTransaction) -> Meaning:
    legs = [
        Leg(
            one.sold_mint,
            int(one.sold_amount),
            one.bought_mint,
            int(one.bought_amount),
            one.counterparty,
        )
        for one in sorted(row.trades.all(), key=lambda one: one.position)
    ]
    transfers = [
        Transfer(
            "income" if one.kind == "income" else "transfer",
            one.incoming,
            one.mint,
            int(one.amount),
            one.counterparty,
        )
        for one in sorted(row.transfers.all(), key=lambda one: one.position)
    ]
    return Meaning(row.failed, row.fee, row.rent, tuple(legs), tuple(transfers))
