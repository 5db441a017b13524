"""What `/wallets` takes. Names are camelCase on the wire; what the jobs check themselves is checked by them."""

from decimal import Decimal
from typing import Any

from ninja import Field

from analysis.services.filters import ALL
from analysis.services.pnl.lots import Method
from analysis.services.similarity.compare import VectorKind
from analysis.services.similarity.wanted import MOST_TOKENS
from enrichment.services.token_markets.plan import Context, Hint, Strategy
from jobs.http.schemas import Strict

_RANGE = "all, a span until now (24h, 30d, 12w), or two dates (2026-01-01/2026-02-01)."


class Analysis(Strict):
    """A wallet to analyse end to end."""

    address: str = Field(max_length=100)
    method: Method = Field(Method.FIFO, description="fifo, lifo, hifo or average.")
    force_refresh: bool = False
    enrich_metadata: bool = True
    failure_threshold: float = Field(0.8, ge=0, le=1, description="Share of the steps that must complete.")
    timeout_minutes: int = Field(15, ge=1, le=120, description="No step starts later.")


class Sync(Strict):
    """How much of a history to fetch."""

    fetch_all: bool = False
    fetch_older: bool = False
    force_refresh: bool = False
    limit: int | None = Field(None, ge=1, le=1_000_000)


class Pnl(Strict):
    """Which report to make."""

    method: Method = Method.FIFO
    force_refresh: bool = False
    depends_on: list[str] = Field(default_factory=list, max_length=20, description="Ids of jobs to wait for.")


class Behavior(Strict):
    """What to look at."""

    time_range: str = Field(ALL, max_length=100, description=_RANGE)
    exclude_mints: list[str] = Field(default_factory=list, max_length=500)
    min_trading_volume: Decimal = Field(Decimal(0), ge=0, description="SOL, per token.")
    depends_on: list[str] = Field(default_factory=list, max_length=20, description="Ids of jobs to wait for.")


class Comparison(Strict):
    """Wallets to compare."""

    addresses: list[str] = Field(min_length=2, max_length=200)
    vector_kinds: list[VectorKind] = Field(
        default_factory=lambda: list(VectorKind), min_length=1, max_length=2
    )
    min_shared_tokens: int = Field(1, ge=0, le=1000)
    time_range: str = Field(ALL, max_length=100, description=_RANGE)
    exclude_mints: list[str] = Field(default_factory=list, max_length=500)
    max_tokens: int = Field(
        MOST_TOKENS, ge=1, le=100_000, description="A wallet with more is a system wallet."
    )
    enrich: bool = True

    def wishes(self) -> dict[str, Any]:
        """As `calculate_similarity` takes them."""
        return self.model_dump(exclude={"addresses"})


class Enrichment(Strict):
    """Wallets whose tokens to look up."""

    addresses: list[str] = Field(min_length=1, max_length=1000)
    strategy: Strategy = Strategy.SYNC
    optimization_hint: Hint | None = None
    context: Context = Context.MANUAL
