"""Compares wallets, and stores what it found."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from analysis.models import SimilarityReport
from analysis.services.behavior.analyse import dollar_price
from analysis.services.behavior.trades import Filters
from analysis.services.filters import bounds
from analysis.services.similarity.compare import Matrix, compare
from analysis.services.similarity.sorting import (
    Reason,
    SetApart,
    held_tokens,
    split_by_validity,
    too_many_tokens,
)
from analysis.services.similarity.vectors import WalletVector, vector_of
from analysis.services.similarity.wanted import Wanted
from analysis.services.wallet_pnl.history import History, mints_of, read_history
from enrichment.providers.solana.programs import MONEY
from enrichment.queries.wallets import wallets_needing_sync
from jobs.errors import JobError, Permanent, RateLimited

OnStep = Callable[[float, str], None]

TOLERANCE = 0.8  # share of the wallets that might be compared which must be
_SHOWN = 20  # shared tokens of a pair that are named


@dataclass(frozen=True)
class Pair:
    """Two wallets: how many tokens they share, some of them, and their similarity by kind and measure."""

    first: str
    second: str
    shared_tokens: int
    shared: list[str]
    scores: dict[str, dict[str, float | None]]


@dataclass(frozen=True)
class SimilarityResult:
    """`wallets` are the rows of the matrices; `set_apart` is who is not among them, and why.

    `wallets_needing_sync`: those whose history is not stored as a whole, compared or not. None in a matrix: the pair
    shares fewer tokens than asked for. `pairs` come most alike first. `computed_at` is ISO 8601 in UTC.
    """

    request_id: str
    wallets: list[str]
    tokens: dict[str, int]
    matrices: dict[str, dict[str, Matrix]]
    shared_tokens: list[list[int]]
    pairs: list[Pair]
    set_apart: list[SetApart]
    wallets_needing_sync: list[str]
    computed_at: str


def analyse(wanted: Wanted, on_step: OnStep) -> SimilarityResult:
    """Compare what is stored, and put the result in the place of the one before.

    Raises Permanent when fewer than two wallets, or less than the tolerated share, can be compared.
    """
    valid, apart = split_by_validity(wanted.addresses)
    needing = wallets_needing_sync(valid)
    vectors: list[WalletVector] = []
    now = timezone.now()
    for number, address in enumerate(valid):
        on_step(0.8 * number / len(valid), f"Reading wallet {number + 1} of {len(valid)}")
        found = _vector(address, wanted, now)
        if isinstance(found, WalletVector):
            vectors.append(found)
        else:
            apart.append(found)
    _check_share(vectors, apart)
    on_step(0.85, f"Comparing {len(vectors)} wallets")
    result = _result(wanted, vectors, apart, needing, now)
    SimilarityReport.objects.update_or_create(
        request_id=wanted.request_id,
        defaults={"wanted": wanted.as_json(), "computed_at": now, "result": asdict(result)},
    )
    return result


def _vector(address: str, wanted: Wanted, now: datetime) -> WalletVector | SetApart:
    """A wallet's vector, or why there is none; one that fails does not stop the others."""
    try:
        return _read(address, wanted, now)
    except RateLimited:
        raise
    except JobError as error:
        return SetApart(address, Reason.FAILED, str(error))


def _read(address: str, wanted: Wanted, now: datetime) -> WalletVector | SetApart:
    if (held := held_tokens(address)) > wanted.max_tokens:
        return too_many_tokens(address, held, wanted.max_tokens)
    history = read_history(address)
    if not history.moments and not history.complete:
        return SetApart(address, Reason.NEVER_SYNCED, "has no stored history: sync_wallet must run first")
    if (touched := _tokens_in(history)) > wanted.max_tokens:
        return too_many_tokens(address, touched, wanted.max_tokens)
    since, until = bounds(wanted.time_range, now)
    filters = Filters(since, until, frozenset(wanted.exclude_mints))
    vector = vector_of(address, history, filters, dollar_price(history))
    return vector if vector.tokens else SetApart(address, Reason.NO_TRADES, "has no trades that count")


def _tokens_in(history: History) -> int:
    """How many tokens a history speaks of, those included that nobody knows anything of; money is none."""
    return len({mint for moment in history.moments for mint in mints_of(moment.meaning)} - MONEY)


def _check_share(vectors: Sequence[WalletVector], apart: Sequence[SetApart]) -> None:
    """Wallets that are none, system wallets and those without trades are no failures: they are an answer."""
    failed = [one for one in apart if one.reason in {Reason.FAILED, Reason.NEVER_SYNCED}]
    told = "; ".join(f"{one.address} {one.message}" for one in [*failed, *apart][:5])
    total = len(vectors) + len(failed)
    if total and len(vectors) < TOLERANCE * total:
        raise Permanent(f"only {len(vectors)} of {total} wallets can be compared: {told}")
    if len(vectors) < 2:
        raise Permanent(f"only {len(vectors)} wallets can be compared, two are needed: {told}")


def _result(
    wanted: Wanted, vectors: Sequence[WalletVector], apart: list[SetApart], needing: list[str], now: datetime
) -> SimilarityResult:
    found = compare(vectors, wanted.vector_kinds, wanted.min_shared_tokens)
    return SimilarityResult(
        request_id=wanted.request_id,
        wallets=[vector.address for vector in vectors],
        tokens={vector.address: len(vector.tokens) for vector in vectors},
        matrices=found.matrices,
        shared_tokens=found.shared,
        pairs=_pairs(vectors, found.matrices, found.shared),
        set_apart=apart,
        wallets_needing_sync=needing,
        computed_at=now.isoformat(),
    )


def _pairs(
    vectors: Sequence[WalletVector], matrices: dict[str, dict[str, Matrix]], shared: list[list[int]]
) -> list[Pair]:
    pairs = [
        Pair(
            first=one.address,
            second=other.address,
            shared_tokens=shared[row][column],
            shared=sorted(one.tokens & other.tokens)[:_SHOWN],
            scores={
                kind: {name: matrix[row][column] for name, matrix in measures.items()}
                for kind, measures in matrices.items()
            },
        )
        for row, one in enumerate(vectors)
        for column, other in enumerate(vectors[row + 1 :], row + 1)
    ]
    return sorted(pairs, key=lambda pair: (-_height(pair), pair.first, pair.second))


def _height(pair: Pair) -> float:
    """The first measure of the first kind; a pair that cannot be compared comes last."""
    score: Any = next(iter(next(iter(pair.scores.values())).values()))
    return -1.0 if score is None else float(score)
