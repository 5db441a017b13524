"""What RugCheck holds against a token, no key needed. https://api.rugcheck.xyz/swagger/index.html"""

from dataclasses import dataclass
from typing import Any

from enrichment.providers.addresses import rugcheck
from enrichment.providers.budget import Provider
from enrichment.providers.http import HttpRefused, NotUnderstood, Service

_SERVICE = Service("RugCheck", Provider.RUGCHECK)
_NO_REPORT = {400, 404}  # what it answers about a token that it cannot report on
LEVELS = ("danger", "warn", "info")


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that speaks against a token. `level` is danger, warn or info; `value` may be empty."""

    name: str
    value: str
    level: str


@dataclass(frozen=True, slots=True)
class TokenReport:
    """RugCheck's own score (0 to 100, higher is riskier), its flags, and whether the token was rugged."""

    score: int
    flags: tuple[Flag, ...]
    rugged: bool


def report_of(mint: str) -> TokenReport | None:
    """The report on a token; None for one that it cannot report on. Raises RateLimited, Transient, Permanent."""
    try:
        return _SERVICE.get(f"{rugcheck()}/v1/tokens/{mint}/report", {}, _report)
    except HttpRefused as refusal:
        if refusal.status not in _NO_REPORT:
            raise
        return None


def _report(told: Any) -> TokenReport | None:
    if not told:
        return None
    score = told.get("score_normalised")
    if score is None and "risks" not in told:
        raise NotUnderstood("no report")
    flags = tuple(_flag(risk) for risk in told.get("risks") or ())
    return TokenReport(max(0, min(100, int(score or 0))), flags, bool(told.get("rugged")))


def _flag(risk: dict[str, Any]) -> Flag:
    level = str(risk.get("level") or "info")
    return Flag(
        str(risk.get("name") or "")[:100],
        str(risk.get("value") or "")[:50],
        level if level in LEVELS else "info",
    )
