"""Every schedule of the product, on one page. Rows are made of it once; afterwards the admin decides.

Crontab fields are minute, hour, day of month, month, day of week, in UTC.
"""

from jobs.schedules import Schedule

SCHEDULES = (
    Schedule("health report", "monitoring.tasks.health.report_health", crontab="*/5 * * * *"),
    Schedule("due dead-letter retries", "jobs.tasks.process_dead_letter_retries", crontab="* * * * *"),
    Schedule(
        "purge of old dead letters",
        "jobs.tasks.purge_dead_letters",
        crontab="0 2 * * *",
        kwargs={"older_than_days": 30},
    ),
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
)
