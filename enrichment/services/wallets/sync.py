"""Brings a wallet's transactions in, page by page. After a crash the next sync goes on where it ended."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from enrichment.models import Wallet, WalletTransaction
from enrichment.providers.solana.records import TransactionSource
from enrichment.services.wallets.store import (
    Tally,
    load_stretch,
    load_tally,
    store_end,
    store_forgotten,
    store_page,
    store_synced,
)
from enrichment.services.wallets.stretch import Stretch, Walk, walks_wanted
from jobs.errors import Snooze, Transient
from jobs.ids import new_id

PAGE = 100  # transactions held in memory and stored at a time

_TURN = 300.0  # seconds that one run takes at most: a long history, or a slow node, takes several
_GO_ON = 2.0  # seconds after which a sync that was cut off is gone on with

OnPage = Callable[[int, int], None]  # transactions read so far, and new ones among them


@dataclass(frozen=True)
class Wishes:
    """What a sync should bring: the news always; `older`: what lies below, too; at most `limit` in all."""

    older: bool = False
    limit: int | None = None
    refresh: bool = False


@dataclass(frozen=True)
class WalletSyncResult:
    """What a sync did over all its runs: rows it wrote (`new`, `trades`, `transfers`).

    `transactions` is what is stored now. `last_synced_at` is ISO 8601 in UTC.
    """

    status: Literal["synced", "already-current"]
    address: str
    new: int
    trades: int
    transfers: int
    transactions: int
    complete: bool
    source: str
    last_synced_at: str


def sync(
    address: str, source: TransactionSource, wishes: Wishes, on_page: OnPage, job: str = ""
) -> WalletSyncResult:
    """Store what the chain has and the database has not. Runs of the same `job` are one sync.

    Two at once for one wallet do no harm but the work twice; the caller holds a lock. Raises what the source
    raises, but Snooze in the place of Transient when it got further, and when its turn is over: a long history
    is not given up because a source fails now and then. It ends, as each run must bring something new.
    """
    wallet, _ = Wallet.objects.get_or_create(address=address)
    stretch = load_stretch(wallet)
    if wishes.refresh:
        stretch = store_forgotten(wallet)
    run = _Run(wallet, source, wishes, on_page, job or new_id())
    try:
        for walk in walks_wanted(stretch, older=wishes.older or run.tally.tail):
            stretch = run.walk(walk, stretch)
    except Transient as trouble:
        if not run.may_go_on:
            raise
        raise Snooze(_GO_ON, f"{trouble}; {run.further:,} transactions further") from trouble
    return WalletSyncResult(
        status="synced" if run.tally.new or wishes.refresh else "already-current",
        address=address,
        new=run.tally.new,
        trades=run.tally.trades,
        transfers=run.tally.transfers,
        transactions=WalletTransaction.objects.filter(wallet=wallet).count(),
        complete=stretch.complete and stretch.head is None,
        source=source.name,
        last_synced_at=store_synced(wallet, source.name).isoformat(),
    )


class _Run:
    """One run of a sync: its walks, and the counts over all runs of its job. A refresh begins anew."""

    def __init__(
        self, wallet: Wallet, source: TransactionSource, wishes: Wishes, on_page: OnPage, job: str
    ) -> None:
        self._wallet = wallet
        self._source = source
        self._wishes = wishes
        self._on_page = on_page
        self._ends = time.monotonic() + _TURN
        self.tally = Tally(job) if wishes.refresh else load_tally(wallet, job)
        self._new_before = self.tally.new

    def walk(self, walk: Walk, stretch: Stretch) -> Stretch:
        """One walk to its end, or as far as the limit lets it."""
        if self._is_full():
            return stretch
        before, until = stretch.bounds(walk)
        size = min(PAGE, self._wishes.limit or PAGE)
        for page in self._source.pages(self._wallet.address, before=before, until=until, size=size):
            stored = store_page(self._wallet, walk, page, self.tally, replace=self._wishes.refresh)
            stretch, self.tally = stored.stretch, stored.tally
            self._on_page(self.tally.read, self.tally.new)
            if self._is_full():
                return stretch
            if self.may_go_on and time.monotonic() > self._ends:
                raise Snooze(_GO_ON, f"{self.further:,} transactions further; others have their turn")
        return store_end(self._wallet, walk)

    @property
    def further(self) -> int:
        """How many new transactions this run brought."""
        return self.tally.new - self._new_before

    @property
    def may_go_on(self) -> bool:
        """Whether another run would be further than this one was: a refresh begins anew."""
        return self.further > 0 and not self._wishes.refresh

    def _is_full(self) -> bool:
        return self._wishes.limit is not None and self.tally.read >= self._wishes.limit
