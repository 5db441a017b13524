"""Stores what markets say of tokens, batch by batch; what is stored young enough is left as it is."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from enrichment.models import Token, TokenMarket
from enrichment.providers.solana.accounts import decimals_of
from enrichment.providers.solana.rpc import Rpc
from enrichment.services.fitting import fitting
from enrichment.services.token_markets.ask import Found, ask
from jobs.errors import JobError, RateLimited

OnBatch = Callable[[int, int], None]  # batches done, of how many
_COLUMNS = {"price": 18, "liquidity": 2, "volume_24h": 2, "change_24h": 2, "market_cap": 2}  # decimal places


@dataclass
class Tally:
    """What batches did not bring: how many tokens were in one that failed, with the reasons."""

    failed: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Brought:
    """What is stored since a moment: each token with who told its price (empty: nobody knows one)."""

    by_mint: dict[str, str]

    @property
    def sources(self) -> dict[str, int]:
        """How many prices each one told."""
        return dict(Counter(source for source in self.by_mint.values() if source))


def stale(mints: Sequence[str], most_age: float, begun: datetime) -> list[str]:
    """The mints of which nothing is stored that is younger than so many seconds, or than the job; in their order.

    What the job itself brought before it had to wait is not asked for again.
    """
    since = min(timezone.now() - timedelta(seconds=most_age), begun)
    fresh = brought(mints, since).by_mint
    return [mint for mint in mints if mint not in fresh]


def brought(mints: Sequence[str], since: datetime) -> Brought:
    """What is stored of the mints since a moment."""
    rows = TokenMarket.objects.filter(token__mint__in=mints, fetched_at__gte=since)
    return Brought(dict(rows.values_list("token__mint", "source")))


def enrich(batches: Sequence[Sequence[str]], rpc: Rpc, on_batch: OnBatch) -> Tally:
    """Ask for and store the batches. One that fails is counted and the others go on.

    Raises RateLimited when the providers ask to wait (what came before is stored and fresh by then), and
    what the first batch met when every batch failed.
    """
    tally = Tally()
    errors: list[JobError] = []
    for number, mints in enumerate(batches, 1):
        try:
            _store(ask(mints), rpc)
        except RateLimited:
            raise
        except JobError as error:
            errors.append(error)
            tally.failed += len(mints)
            tally.faults.append(str(error))
        on_batch(number, len(batches))
    if errors and len(errors) == len(batches):
        raise errors[0]
    return tally


def _store(found: dict[str, Found], rpc: Rpc) -> None:
    """One upsert; rows in the order of their mints, so that two jobs at once cannot wait for each other."""
    tokens = _tokens(sorted(found), rpc)
    now = timezone.now()
    rows = [
        TokenMarket(
            token=tokens[mint],
            source=one.source,
            fetched_at=now,
            image=_address(one.market.image),
            page=_address(one.market.page),
            **{name: fitting(getattr(one.market, name), places) for name, places in _COLUMNS.items()},
        )
        for mint, one in sorted(found.items())
        if mint in tokens
    ]
    with transaction.atomic():
        _name(tokens, found)
        TokenMarket.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["token"],
            update_fields=[*_COLUMNS, "image", "page", "source", "fetched_at"],
        )


def _tokens(mints: Sequence[str], rpc: Rpc) -> dict[str, Token]:
    """The rows of the mints; new ones with decimals from the chain. What is no mint has none."""
    known = Token.objects.in_bulk(mints, field_name="mint")
    unknown = [mint for mint in mints if mint not in known]
    if not unknown:
        return known
    new = [Token(mint=mint, decimals=places) for mint, places in sorted(decimals_of(rpc, unknown).items())]
    Token.objects.bulk_create(new, ignore_conflicts=True)
    return Token.objects.in_bulk(mints, field_name="mint")


def _name(tokens: dict[str, Token], found: dict[str, Found]) -> None:
    """Names that a market knows; one that it has forgotten stays."""
    changed = []
    for mint, token in sorted(tokens.items()):
        name = found[mint].market.name
        wanted = (name.symbol[:64] or token.symbol, name.name[:255] or token.name)
        if (token.symbol, token.name) != wanted:
            token.symbol, token.name = wanted
            changed.append(token)
    Token.objects.bulk_update(changed, ["symbol", "name"])


def _address(text: str) -> str:
    """Only addresses that a page may link to."""
    return text if text.startswith("https://") and len(text) <= 500 else ""
