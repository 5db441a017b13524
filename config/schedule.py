"""Every schedule of the product, on one page. Rows are made of it once; afterwards the admin decides.

Crontab fields are minute, hour, day of month, month, day of week, in UTC.
"""

from jobs.schedules import Schedule

SCHEDULES = (
    Schedule("health report", "monitoring.tasks.health.report_health", crontab="*/5 * * * *"),
    Schedule("alert rules", "monitoring.tasks.alerts.evaluate_alert_rules", crontab="* * * * *"),
    Schedule("roll-up of metrics", "monitoring.tasks.metrics.roll_up_metrics", crontab="3 * * * *"),
    Schedule("due dead-letter retries", "jobs.tasks.process_dead_letter_retries", crontab="* * * * *"),
    Schedule(
        "purge of old dead letters",
        "jobs.tasks.purge_dead_letters",
        crontab="0 2 * * *",
        kwargs={"older_than_days": 30},
    ),
)
