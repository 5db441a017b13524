"""Assesses a coin: asks the chain and the market, scores, stores."""

import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.utils import timezone

from analysis.models import RiskAssessment
from analysis.services.risk import contract, distribution, liquidity
from analysis.services.risk.as_json import written
from analysis.services.risk.parts import Part, unknown
from analysis.services.risk.score import Score, score_of
from analysis.services.risk.social import SocialFacts, social_part
from enrichment.models import Coin
from enrichment.providers.prices.market import quote_of
from enrichment.providers.prices.quotes import Quote
from enrichment.providers.rugcheck import report_of
from enrichment.providers.solana.holders import holders_of, mint_facts
from enrichment.providers.solana.rpc import Rpc
from jobs.errors import Permanent

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RiskResult:
    """The stored assessment; `points` by part, None for a part that nothing is known of."""

    coin: str
    score: int
    level: str
    points: dict[str, int | None]
    assessed_at: str


def assess(coin: Coin, rpc: Rpc, social: SocialFacts | None) -> RiskResult:
    """Score the coin by what chain, market and RugCheck say now. Raises what they raise; Permanent: no token."""
    quote = quote_of(coin.mint)
    facts = mint_facts(rpc, coin.mint)
    parts = (
        liquidity.liquidity_part(_liquidity(quote)),
        _distribution(coin, rpc, quote),
        contract.contract_part(facts, report_of(coin.mint)),
        social_part(social),
    )
    score = score_of(parts)
    if score is None:
        raise Permanent(f"nothing is known of {coin}")
    return _result(coin, score, store_score(coin, score, timezone.now()))


def store_score(coin: Coin, score: Score, now: datetime) -> datetime:
    """Store an assessment; a later one of the same minute takes its place. Answers with its minute."""
    minute = now.replace(second=0, microsecond=0)
    row = partial(RiskAssessment, coin=coin, assessed_at=minute)
    RiskAssessment.objects.bulk_create(
        [row(score=score.value, level=score.level, parts=written(score.parts))],
        update_conflicts=True,
        unique_fields=["coin", "assessed_at"],
        update_fields=["score", "level", "parts"],
    )
    return minute


def _liquidity(quote: Quote | None) -> liquidity.LiquidityFacts:
    """A coin that no market knows has no liquidity at all; one whose market is silent may have."""
    if quote is None:
        return liquidity.LiquidityFacts(Decimal(0), Decimal(0), None)
    return liquidity.LiquidityFacts(quote.liquidity, quote.volume_24h, quote.market_cap)


def _distribution(coin: Coin, rpc: Rpc, quote: Quote | None) -> Part:
    """Nodes refuse to list the holders of the very largest tokens: that part is unknown then."""
    try:
        holders = holders_of(rpc, coin.mint)
    except Permanent as refusal:
        _log.info("%s: %s", coin, refusal)
        return unknown(distribution.NAME, distribution.WEIGHT, "The node does not list the holders.")
    return distribution.distribution_part(holders, quote.pools if quote else ())


def _result(coin: Coin, score: Score, minute: datetime) -> RiskResult:
    points = {one.name: one.points for one in score.parts}
    return RiskResult(coin.slug, score.value, score.level, points, minute.isoformat())
