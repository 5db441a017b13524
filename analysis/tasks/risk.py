"""The job that scores a coin's risk."""

from celery import shared_task

from analysis.queries.social import social_facts
from analysis.services.risk.assess import RiskResult, assess
from enrichment.coins import CoinSlug, channel
from enrichment.models import Coin
from enrichment.providers.solana.sources import node
from enrichment.tasks.coins import followed
from jobs import Priority, Unique, progress


@shared_task(time_limit=300, stale_after=600, unique=Unique("coin"), subject="coin")
def assess_coin_risk(*, coin: CoinSlug) -> RiskResult:
    """Score a coin from 1 to 100 by liquidity, holders, contract and social risk, each with its inputs."""
    known = followed(coin)
    progress(0, f"Looking at {known}")
    result = assess(known, node(), social_facts(known))
    progress(1, f"{known} scores {result.score}: {result.level} risk", coin=coin, score=result.score)
    return result


@shared_task(time_limit=60, stale_after=120, unique=Unique())
def assess_coin_risks() -> int:
    """Start an assessment of every coin that is followed; answers with how many."""
    slugs = Coin.objects.filter(active=True).order_by("id").values_list("slug", flat=True)
    for slug in slugs:
        assess_coin_risk.using(correlation_id=channel(slug), priority=Priority.NORMAL).enqueue(coin=slug)
    return len(slugs)
