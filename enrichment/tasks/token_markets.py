"""The job that brings in names, prices and market data of the tokens that wallets hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from celery import shared_task
from django.utils import timezone
from pydantic import Field

from enrichment.addresses import SolanaAddress
from enrichment.providers.solana.sources import node
from enrichment.queries.wallets import held_mints, wallets_without_balances
from enrichment.services.token_markets.enrich import Tally, brought, enrich, stale
from enrichment.services.token_markets.plan import MOST_AGE, Context, Hint, Plan, Strategy, plan
from jobs import Fixed, Priority, Unique, progress
from jobs.models import Job

# Jobs in the background are as urgent as what they are for.
_PRIORITY = {
    Context.DASHBOARD: Priority.HIGH,
    Context.MANUAL: Priority.NORMAL,
    Context.SIMILARITY: Priority.LOW,
}

Addresses = Annotated[list[SolanaAddress], Field(min_length=1, max_length=1000)]
Mints = Annotated[list[SolanaAddress], Field(max_length=10_000)]


@dataclass(frozen=True)
class EnrichmentResult:
    """What was brought in: `tokens` in all, of which `fresh` ones were known already.

    `enriched` have a price, `unpriced` none that anybody knows, `failed` were in a batch that failed (with
    `faults`), `deferred` are left to `background_jobs`. `without_balances`: wallets whose balances were
    never fetched. `sources` counts who told the prices.
    """

    wallets: int
    tokens: int
    fresh: int
    enriched: int
    unpriced: int
    failed: int
    deferred: int
    batches: int
    sources: dict[str, int]
    faults: list[str]
    without_balances: list[str]
    background_jobs: list[str]
    strategy: str
    optimization_hint: str
    context: str


@shared_task(bind=True, time_limit=1200, stale_after=1800, strategy=Fixed(2), unique=Unique())
def enrich_token_balances(
    self: Any,
    *,
    addresses: Addresses,
    mints: Mints | None = None,
    strategy: Strategy = Strategy.SYNC,
    optimization_hint: Hint | None = None,
    context: Context = Context.MANUAL,
) -> EnrichmentResult:
    """Names, prices and market data of the tokens that the wallets hold, or of `mints` alone when given.

    `optimization_hint` (small, large, massive) sets the size of a batch; without it the number of tokens
    does. `strategy`: sync works all off here, background leaves all to jobs of its own, hybrid the rest
    after the first batch. `context` says how old what is stored may be: 5 minutes for a dashboard, an hour
    for a similarity; asked for by hand, everything is fetched anew. A job that has to wait for a provider goes
    on where it was.
    """
    progress(0, "Looking for the tokens")
    begun = _begun(self.request.id)
    wanted = list(dict.fromkeys(mints)) if mints else held_mints(addresses)
    open_mints = stale(wanted, MOST_AGE[context], begun)
    chosen = plan(open_mints, strategy, optimization_hint)
    background = [
        enrich_token_balances.using(priority=_PRIORITY[context])
        .enqueue(addresses=addresses, mints=list(batch), optimization_hint=chosen.hint, context=context)
        .id
        for batch in chosen.later
    ]
    tally = enrich(chosen.now, node(), _tell)
    outcome = _outcome(wanted, chosen, tally, begun)
    progress(1, f"{outcome['enriched']} of {len(wanted)} tokens priced anew")
    return EnrichmentResult(
        wallets=len(addresses),
        tokens=len(wanted),
        **outcome,
        batches=len(chosen.now),
        faults=tally.faults[:10],
        without_balances=wallets_without_balances(addresses),
        background_jobs=background,
        strategy=strategy.value,
        optimization_hint=chosen.hint.value,
        context=context.value,
    )


def _begun(uid: str | None) -> datetime:
    """When the job was asked for; now for a call that is no job."""
    asked = Job.objects.filter(uid=uid or "").values_list("created_at", flat=True).first()
    return asked or timezone.now()


def _tell(done: int, batches: int) -> None:
    progress(done / batches, f"{done} of {batches} batches", done=done, batches=batches)


def _outcome(wanted: Sequence[str], chosen: Plan, tally: Tally, begun: datetime) -> dict[str, Any]:
    """How many tokens ended how, over all runs of the job: each is counted once."""
    later = {mint for batch in chosen.later for mint in batch}
    own = [mint for mint in wanted if mint not in later]
    found = brought(own, begun)
    asked = {mint for batch in chosen.now for mint in batch} | found.by_mint.keys()
    enriched = sum(found.sources.values())
    return {
        "fresh": len(own) - len(asked),
        "enriched": enriched,
        "unpriced": len(asked) - enriched - tally.failed,
        "failed": tally.failed,
        "deferred": len(later),
        "sources": found.sources,
    }
