"""Every schedule of the product, on one page. Rows are made of it once; afterwards the admin decides.

Crontab fields are minute, hour, day of month, month, day of week, in UTC.
"""

from jobs.schedules import Schedule
from jobs.scheduling.policy import Overlap

SCHEDULES = (
    Schedule("health report", "monitoring.tasks.health.report_health", crontab="*/5 * * * *"),
    Schedule("alert rules", "monitoring.tasks.alerts.evaluate_alert_rules", crontab="* * * * *"),
    Schedule("roll-up of metrics", "monitoring.tasks.metrics.roll_up_metrics", crontab="3 * * * *"),
    Schedule("due dead-letter retries", "jobs.tasks.process_dead_letter_retries", crontab="* * * * *"),
    Schedule(
        "alerts about dead letters", "execution.tasks.dead_letters.notify_dead_letters", crontab="* * * * *"
    ),
    Schedule(
        "purge of old dead letters",
        "jobs.tasks.purge_dead_letters",
        crontab="0 2 * * *",
        kwargs={"older_than_days": 30},
    ),
    Schedule(
        "removal of old notifications",
        "execution.tasks.retention.cleanup_old_notifications",
        crontab="15 2 * * *",
        kwargs={"older_than_days": 90},
    ),
    Schedule(
        "removal of old speech",
        "execution.tasks.retention.cleanup_old_speech",
        crontab="45 2 * * *",
        kwargs={"older_than_days": 30},
    ),
    # -- coins: a schedule fans out over those that are followed (docs/decisions) ---------------------
    Schedule(
        "coin prices",
        "enrichment.tasks.coins.update_coin_prices",
        crontab="*/5 * * * *",
        overlap=Overlap.SKIP,
    ),
    Schedule(
        "coin risks", "analysis.tasks.risk.assess_coin_risks", crontab="7 */2 * * *", overlap=Overlap.SKIP
    ),
    Schedule("alerts", "analysis.tasks.alerts.check_alerts", crontab="* * * * *", overlap=Overlap.SKIP),
    Schedule("warm cache", "enrichment.tasks.coins.warm_cache", crontab="15 */6 * * *"),
    Schedule("removal of old prices", "enrichment.tasks.coins.cleanup_old_price_data", crontab="0 2 * * *"),
    Schedule(
        "social scraping of every coin",
        "enrichment.tasks.social.scrape_watched_coins",
        crontab="*/30 * * * *",
    ),
    Schedule("market news", "enrichment.tasks.news.index_market_news", crontab="*/10 * * * *"),
    Schedule(
        "clean-up of old social metrics",
        "enrichment.tasks.social.cleanup_old_social_metrics",
        crontab="30 2 * * *",
        kwargs={"older_than_days": 30},
    ),
    Schedule(
        "orders of every exchange account", "enrichment.tasks.exchanges.bulk_sync_orders", crontab="7 * * * *"
    ),
    Schedule("exchange prices", "enrichment.tasks.exchanges.update_ticker_prices", crontab="*/5 * * * *"),
)
