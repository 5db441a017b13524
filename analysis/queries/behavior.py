"""How a wallet trades, as it was last worked out."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from analysis.models import BehaviorReport
from analysis.services.behavior.measure import BUCKETS
from enrichment.queries.tokens import tokens_with_markets

Json = dict[str, Any]


@dataclass(frozen=True)
class BehaviorFound:
    """A stored report: `report` is `analysis.services.behavior.measure.Behavior` as JSON."""

    address: str
    scope: str
    wanted: Json
    computed_at: datetime
    complete: bool
    report: Json

    @property
    def win_rate(self) -> Decimal | None:
        """The share of closed positions that won."""
        rate = self.report["wins"]["rate"]
        return None if rate is None else Decimal(rate)

    def decimal(self, part: str, name: str) -> Decimal:
        """One figure of a part of the report."""
        return Decimal(self.report[part][name])


def behavior_of(address: str, scope: str = "") -> BehaviorFound | None:
    """The report of a scope (empty: the whole history); None when there is none yet."""
    row = BehaviorReport.objects.filter(address=address, scope=scope).first()
    if row is None:
        return None
    return BehaviorFound(
        row.address, row.scope, row.wanted, row.computed_at, row.complete, _named(row.report)
    )


def _named(report: Json) -> Json:
    """With a symbol for each token; one that no market knows goes by its mint's ends."""
    known = tokens_with_markets([token["mint"] for token in report["tokens"]])
    tokens = [
        {
            **token,
            "symbol": (known[token["mint"]].symbol if token["mint"] in known else "") or short(token["mint"]),
        }
        for token in report["tokens"]
    ]
    # PostgreSQL keeps an object's names by their length, not in their order.
    buckets = {name: report["holding_buckets"][name] for name in BUCKETS}
    return {**report, "tokens": tokens, "holding_buckets": buckets}


def short(mint: str) -> str:
    """A mint or an address by its ends."""
    return mint if len(mint) <= 12 else f"{mint[:4]}…{mint[-4:]}"
