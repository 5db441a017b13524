"""Every queue of the product, on one page. Each task of a queue is named here and nowhere else.

Numbers are defaults: operators override them live, per queue.
"""

from jobs.breaker import Breaker
from jobs.queues import Queue
from jobs.rates import parse_rate
from jobs.retry import Exponential, Fixed, Linear

DEFAULT = "default"
LATER = Exponential(300, cap=86_400)  # automatic retries of dead letters: work that may safely come late

# Outside services that tasks name in `relies_on`: when their calls fail, only those tasks wait.
DEPENDENCIES: dict[str, Breaker] = {}

QUEUES = (
    # Tasks that no queue names: Celery's own meaning of retries, for code that was written for Celery.
    Queue(
        DEFAULT, "platform", concurrency=2, attempts=4, backoff=Fixed(180), retry_unexpected=False,
        keep_completed=1000, keep_failed=1000,
    ),
    # -- enrichment: brings in -------------------------------------------------------------------------
    Queue(
        "wallet-operations", "enrichment", concurrency=3, backoff=Exponential(2), keep_completed=50, keep_failed=100,
        tasks=("enrichment.tasks.wallets.sync_wallet", "enrichment.tasks.wallets.fetch_balance"),
        dead_letter_retry=LATER,
    ),
    Queue(
        "enrichment-operations", "enrichment", concurrency=3, backoff=Fixed(2), keep_completed=50, keep_failed=100,
        tasks=("enrichment.tasks.token_markets.enrich_token_balances",),
        dead_letter_retry=LATER,
    ),
    Queue(
        "price-updates", "enrichment", concurrency=5, backoff=Exponential(2), rate=parse_rate("10/min"),
        keep_completed=100, keep_failed=50, dead_letter_retry=LATER,
        tasks=("enrichment.tasks.coins.update_coin_price", "enrichment.tasks.coins.update_coin_prices"),
    ),
    Queue(
        "social-scraping", "enrichment", concurrency=3, backoff=Exponential(2), rate=parse_rate("20/min"),
        keep_completed=100, keep_failed=50, dead_letter_retry=LATER,
        tasks=("enrichment.tasks.social.scrape_social_data", "enrichment.tasks.social.scrape_watched_coins"),
    ),
    Queue(
        "index-market-news", "enrichment", concurrency=2, attempts=7, backoff=Linear(10, cap=120),
        tasks=("enrichment.tasks.news.index_market_news",), dead_letter_retry=LATER,
    ),
    Queue(
        "orders", "enrichment", concurrency=5, attempts=5, backoff=Exponential(2), rate_per_key=parse_rate("10/s"),
        key="exchange", keep_failed=1000, dead_letter_retry=LATER,
        tasks=("enrichment.tasks.exchanges.sync_orders", "enrichment.tasks.exchanges.bulk_sync_orders"),
    ),
    Queue(
        "exchange-prices", "enrichment", concurrency=3, backoff=Exponential(1), rate_per_key=parse_rate("10/s"),
        key="exchange", keep_failed=1000, dead_letter_retry=LATER,
        tasks=("enrichment.tasks.exchanges.update_ticker_prices",),
    ),
    Queue(
        "balances", "enrichment", concurrency=3, backoff=Exponential(2), rate_per_key=parse_rate("10/s"),
        key="exchange", keep_failed=1000, dead_letter_retry=LATER,
        tasks=("enrichment.tasks.exchanges.sync_exchange_balances",),
    ),
    # -- analysis: computes ----------------------------------------------------------------------------
    Queue(
        "analysis-operations", "analysis", concurrency=8, backoff=Exponential(3), keep_failed=200,
        tasks=(
            "analysis.tasks.pnl.analyze_pnl", "analysis.tasks.behavior.analyze_behavior",
            "analysis.tasks.dashboard.analyze_wallet_dashboard",
        ),
    ),
    Queue(
        "similarity-operations", "analysis", concurrency=2, backoff=Exponential(3), keep_completed=50,
        tasks=("analysis.tasks.similarity.calculate_similarity",),
    ),
    Queue(
        "risk-assessment", "analysis", concurrency=2, backoff=Exponential(2), rate=parse_rate("5/min"),
        keep_failed=50, tasks=("analysis.tasks.risk.assess_coin_risk", "analysis.tasks.risk.assess_coin_risks"),
    ),
    Queue(
        "intent-fulfillment", "analysis", concurrency=10, backoff=Exponential(2), keep_failed=500,
        tasks=("analysis.tasks.intents.fulfill_intent",),
    ),
    # -- execution: acts -------------------------------------------------------------------------------
    Queue(
        "blockchain-execution", "execution", concurrency=5, backoff=Exponential(5), keep_failed=1000,
        tasks=("execution.tasks.intents.execute_intent",),
    ),
    Queue(
        "deploy-contract", "execution", concurrency=1, attempts=5, backoff=Exponential(5, cap=300), keep_failed=500,
        tasks=("execution.tasks.contracts.deploy_contract",),
    ),
    Queue(
        "process-tts", "execution", concurrency=2, backoff=Exponential(2, cap=60),
        tasks=("execution.tasks.speech.process_tts",),
    ),
    Queue(
        "notifications", "execution", concurrency=5, attempts=5, backoff=Exponential(1), rate=parse_rate("100/s"),
        keep_failed=1000, dead_letter_retry=LATER,
        tasks=(
            "execution.tasks.notifications.send_notification", "execution.tasks.dead_letters.notify_dead_letters",
        ),
    ),
    # -- monitoring: watches ---------------------------------------------------------------------------
    Queue(
        "alert-processing", "monitoring", concurrency=10, backoff=Exponential(2), rate=parse_rate("100/min"),
        keep_failed=50,
        tasks=(
            "analysis.tasks.alerts.check_alerts", "analysis.tasks.alerts.check_specific_alert",
            "monitoring.tasks.alerts.evaluate_alert_rules",
        ),
    ),
    Queue(
        "maintenance", "monitoring", concurrency=1, backoff=Exponential(2), rate=parse_rate("2/min"), keep_failed=50,
        tasks=(
            "jobs.tasks.purge_dead_letters", "jobs.tasks.process_dead_letter_retries",
            "monitoring.tasks.health.report_health", "monitoring.tasks.metrics.roll_up_metrics",
            "enrichment.tasks.social.cleanup_old_social_metrics",
            "enrichment.tasks.coins.cleanup_old_price_data", "enrichment.tasks.coins.warm_cache",
            "execution.tasks.retention.cleanup_old_notifications", "execution.tasks.retention.cleanup_old_speech",
        ),
    ),
)  # fmt: skip
