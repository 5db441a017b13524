"""Writes a wallet's transactions: a page and the new end of the stretch in one database transaction.

The rows of a wallet are written under the lock of its SyncState row and are unique by signature. So a page
that comes again, after a crash or from another process, adds nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from enrichment.models import SyncState, TokenTransfer, Trade, Wallet, WalletTransaction
from enrichment.providers.solana.records import Page, Position, RawTransaction
from enrichment.services.normaliser.meaning import Meaning
from enrichment.services.normaliser.normalise import normalise
from enrichment.services.wallets.compact import pack
from enrichment.services.wallets.stretch import HeadWalk, Stretch, Walk

_INSERT = """
INSERT INTO enrichment_wallettransaction (wallet_id, signature, slot, place, time, fee, rent, failed, raw)
SELECT %s, * FROM unnest(
    %s::text[], %s::bigint[], %s::bigint[], %s::timestamptz[],
    %s::bigint[], %s::bigint[], %s::bool[], %s::bytea[]
)
ON CONFLICT (wallet_id, signature) DO NOTHING
RETURNING signature, id
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a job did to a wallet's history so far, over all its runs: transactions read, and rows written.

    `tail`: it goes towards the beginning of the history, and not for the news alone.
    """

    job: str
    read: int = 0
    new: int = 0
    trades: int = 0
    transfers: int = 0
    tail: bool = False

    def plus(self, walk: Walk, read: int, new: int, trades: int, transfers: int) -> "Tally":
        """With one more page."""
        return Tally(
            self.job,
            self.read + read,
            self.new + new,
            self.trades + trades,
            self.transfers + transfers,
            self.tail or walk is Walk.TAIL,
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """How far the history is known after a page, and what the job did with it."""

    stretch: Stretch
    tally: Tally


def load_stretch(wallet: Wallet) -> Stretch:
    """What is known of the wallet's history."""
    return _stretch(SyncState.objects.get_or_create(wallet=wallet)[0])


def load_tally(wallet: Wallet, job: str) -> Tally:
    """What the job did in the runs that were cut off; nothing when another one was the last to write."""
    plain = SyncState.objects.filter(wallet=wallet).values_list("tally", flat=True).first()
    return Tally(**plain) if plain and plain["job"] == job else Tally(job)


def store_page(wallet: Wallet, walk: Walk, page: Page, tally: Tally, *, replace: bool) -> Stored:
    """Add a page's transactions, or put them in the place of those stored, and move the stretch's end.

    `tally` is of the pages before; with this one it is stored, too, so that a run which goes on counts on.
    """
    meanings = {one.signature: normalise(one, wallet.address) for one in page.transactions}
    with transaction.atomic():
        state = SyncState.objects.select_for_update().get(wallet=wallet)
        stretch = _stretch(state)
        if replace:
            WalletTransaction.objects.filter(wallet=wallet, signature__in=list(meanings)).delete()
        added = _insert(wallet, page.transactions, meanings, stretch.place_below(walk))
        counts = _insert_meanings(added, meanings)
        after = stretch.advanced(walk, page)
        done = tally.plus(walk, len(page.transactions), len(added), *counts)
        state.tally = asdict(done)
        _save(state, after)
    return Stored(after, done)


def store_end(wallet: Wallet, walk: Walk) -> Stretch:
    """Note that a walk arrived."""
    with transaction.atomic():
        state = SyncState.objects.select_for_update().get(wallet=wallet)
        after = _stretch(state).finished(walk)
        _save(state, after)
    return after


def store_forgotten(wallet: Wallet) -> Stretch:
    """Begin anew; the transactions stay until they are replaced one by one."""
    with transaction.atomic():
        state = SyncState.objects.select_for_update().get(wallet=wallet)
        after = _stretch(state).forgotten()
        _save(state, after)
    return after


def store_synced(wallet: Wallet, source: str) -> datetime:
    """Note that a sync went through, and answer with when."""
    now = timezone.now()
    SyncState.objects.filter(wallet=wallet).update(last_synced_at=now, source=source[:40])
    return now


def _insert(
    wallet: Wallet, found: Sequence[RawTransaction], meanings: dict[str, Meaning], place: int
) -> dict[str, int]:
    """The ids of the rows that are new, by signature."""
    columns: list[list[Any]] = [
        [one.signature for one in found],
        [one.slot for one in found],
        [place - index for index in range(len(found))],
        [datetime.fromtimestamp(one.time, UTC) for one in found],
        [meanings[one.signature].fee for one in found],
        [meanings[one.signature].rent for one in found],
        [one.failed for one in found],
        [pack(one) for one in found],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [wallet.pk, *columns])
        return dict(cursor.fetchall())


def _insert_meanings(added: dict[str, int], meanings: dict[str, Meaning]) -> tuple[int, int]:
    trades = [
        Trade(transaction_id=row, position=position, **asdict(leg))
        for signature, row in added.items()
        for position, leg in enumerate(meanings[signature].legs)
    ]
    transfers = [
        TokenTransfer(transaction_id=row, position=position, **asdict(one))
        for signature, row in added.items()
        for position, one in enumerate(meanings[signature].transfers)
    ]
    Trade.objects.bulk_create(trades)
    TokenTransfer.objects.bulk_create(transfers)
    return len(trades), len(transfers)


def _stretch(state: SyncState) -> Stretch:
    head = state.walk and HeadWalk(
        _position(state.walk["first"]), _position(state.walk["at"]), state.walk["place"]
    )
    return Stretch(
        top=_position(state.top) if state.top else None,
        bottom=_position(state.bottom) if state.bottom else None,
        head=head or None,
        complete=state.complete,
        lowest_place=state.lowest_place,
        era=state.era,
    )


def _position(plain: dict[str, Any]) -> Position:
    return Position(plain["slot"], plain["signature"], tuple(plain["accounts"]))


def _save(state: SyncState, stretch: Stretch) -> None:
    state.top = asdict(stretch.top) if stretch.top else None
    state.bottom = asdict(stretch.bottom) if stretch.bottom else None
    state.walk = asdict(stretch.head) if stretch.head else None
    state.complete = stretch.complete
    state.lowest_place, state.era = stretch.lowest_place, stretch.era
    state.save(update_fields=["top", "bottom", "walk", "complete", "lowest_place", "era", "tally"])
