"""Starts the jobs about one coin; they share the coin's channel, so that its page hears of them."""

from analysis.tasks.alerts import check_specific_alert
from analysis.tasks.risk import assess_coin_risk
from enrichment.coins import channel
from enrichment.models import Coin
from enrichment.tasks.coins import update_coin_price
from jobs import Priority
from jobs.store.insert import Enqueued


def start_price_update(slug: str, priority: int = Priority.CRITICAL) -> Enqueued:
    """Fetch the coin's price now; an update that is under way is met."""
    options = {"correlation_id": channel(slug), "priority": priority}
    answer: Enqueued = update_coin_price.using(**options).enqueue(coin=slug).answer
    return answer


def start_risk_assessment(slug: str, priority: int = Priority.CRITICAL) -> Enqueued:
    """Score the coin now; an assessment that is under way is met."""
    options = {"correlation_id": channel(slug), "priority": priority}
    answer: Enqueued = assess_coin_risk.using(**options).enqueue(coin=slug).answer
    return answer


def start_alert_check(alert_id: int, coin: Coin, priority: int = Priority.CRITICAL) -> Enqueued:
    """Check one alert now."""
    options = {"correlation_id": channel(coin.slug), "priority": priority}
    answer: Enqueued = check_specific_alert.using(**options).enqueue(alert_id=alert_id).answer
    return answer
