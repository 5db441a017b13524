"""A coin's newest risk assessments, as pages and API show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from analysis.models import RiskAssessment
from analysis.services.risk.as_json import read
from analysis.services.risk.parts import Part


@dataclass(frozen=True)
class Risk:
    """A coin's score, 1 (little risk) to 100 (much), and what it is made of."""

    score: int
    level: str
    parts: tuple[Part, ...]
    assessed_at: datetime


def risk_of(slug: str) -> Risk | None:
    """The coin's newest assessment; None when there is none yet."""
    row = RiskAssessment.objects.filter(coin__slug=slug).order_by("-assessed_at").first()
    return Risk(row.score, row.level, read(row.parts), row.assessed_at) if row else None


def scores_of(slugs: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Score and level of each coin that was assessed."""
    rows = RiskAssessment.objects.filter(coin__slug__in=list(slugs)).order_by("coin", "-assessed_at")
    found = rows.distinct("coin").values_list("coin__slug", "score", "level")
    return {slug: (score, level) for slug, score, level in found}
