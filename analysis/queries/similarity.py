"""Comparisons of wallets, as they were asked for and found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analysis.models import SimilarityReport

Json = dict[str, Any]


@dataclass(frozen=True)
class ComparisonFound:
    """A request with its jobs; `result` is a `SimilarityResult` as JSON, None until there is one."""

    request_id: str
    wanted: Json
    created_at: datetime
    computed_at: datetime | None
    jobs: Sequence[str]
    result: Json | None


def comparison(request_id: str) -> ComparisonFound | None:
    """One request; None when there is none of this name."""
    row = SimilarityReport.objects.filter(request_id=request_id).first()
    return _found(row) if row else None


def recent_comparisons(limit: int = 20) -> list[ComparisonFound]:
    """The newest requests."""
    return [_found(row) for row in SimilarityReport.objects.order_by("-created_at", "-id")[:limit]]


def _found(row: SimilarityReport) -> ComparisonFound:
    return ComparisonFound(row.request_id, row.wanted, row.created_at, row.computed_at, row.jobs, row.result)
