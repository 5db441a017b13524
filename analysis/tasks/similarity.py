"""The job that compares wallets."""

from dataclasses import replace
from typing import Annotated

from celery import shared_task
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from analysis.services.filters import ALL, TimeRange
from analysis.services.similarity.analyse import SimilarityResult, analyse
from analysis.services.similarity.compare import VectorKind
from analysis.services.similarity.sorting import split_by_validity
from analysis.services.similarity.wanted import BOTH, MOST_TOKENS, Wanted
from enrichment.addresses import SolanaAddress
from enrichment.services.token_markets.plan import Context, Strategy
from enrichment.tasks.token_markets import enrich_token_balances
from jobs import Priority, Unique, lock, log, progress


def _two_at_least(addresses: list[str]) -> list[str]:
    """Some may be wrong, and are reported then; but there must be something to compare."""
    valid, invalid = split_by_validity(addresses)
    if len(valid) < 2:
        told = "".join(f"; {one.address!r} {one.message}" for one in invalid[:3])
        text = f"needs at least two different wallets, has {len(valid)}{told}"
        raise PydanticCustomError("two_wallets", "{reason}", {"reason": text})
    return addresses


Address = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Addresses = Annotated[list[Address], Field(min_length=2, max_length=200), AfterValidator(_two_at_least)]
Kinds = Annotated[list[VectorKind], Field(min_length=1, max_length=2)]
Shared = Annotated[int, Field(ge=0, le=1000)]
Mints = Annotated[list[SolanaAddress], Field(max_length=500)]
MostTokens = Annotated[int, Field(ge=1, le=100_000)]
RequestId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


@shared_task(time_limit=1800, stale_after=2700, unique=Unique())
def calculate_similarity(
    *,
    addresses: Addresses,
    vector_kinds: Kinds | None = None,
    min_shared_tokens: Shared = 1,
    time_range: TimeRange = ALL,
    exclude_mints: Mints | None = None,
    max_tokens: MostTokens = MOST_TOKENS,
    request_id: RequestId | None = None,
    enrich: bool = True,
) -> SimilarityResult:
    """How alike wallets are, by the capital that they put into tokens and by which tokens they traded.

    Addresses that are none, system wallets (more than `max_tokens` tokens), wallets without trades and those
    never synced are set apart with the reason; when fewer than 0.8 of the rest can be compared the job fails.
    `enrich` looks up the tokens that the wallets hold in a job of its own. Works on what sync_wallet stored:
    let it depend on syncs.
    """
    wanted = Wanted(
        addresses, vector_kinds or BOTH, min_shared_tokens, time_range, exclude_mints or (), max_tokens
    )
    wanted = replace(wanted, request_id=request_id or wanted.digest())
    with lock(f"similarity:{wanted.request_id}"):
        result = analyse(wanted, progress)
    if enrich:
        enriching = enrich_token_balances.using(priority=Priority.LOW).enqueue(
            addresses=result.wallets, strategy=Strategy.BACKGROUND, context=Context.SIMILARITY
        )
        log(f"Looking up the tokens in the background: {enriching.id}")
    progress(
        1, f"{len(result.pairs)} pairs of {len(result.wallets)} wallets, {len(result.set_apart)} set apart"
    )
    return result
