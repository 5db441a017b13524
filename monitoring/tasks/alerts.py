"""Alert rules, looked at every minute; what they find is told through notifications."""

import logging
from datetime import UTC, datetime
from typing import Any

from celery import current_app, shared_task
from django.db import transaction

from jobs import Priority, Unique
from monitoring import settings
from monitoring.measures import situation
from monitoring.messages import body_of, subject_of
from monitoring.services.alerts import Notice, evaluate

logger = logging.getLogger(__name__)

_SEND = "execution.tasks.notifications.send_notification"


@shared_task(time_limit=60, stale_after=120, unique=Unique())
def evaluate_alert_rules() -> dict[str, list[str]]:
    """Raise and resolve alerts. What is to be told is marked as told and enqueued in one transaction."""
    now = situation()
    with transaction.atomic():
        notices = evaluate(now, datetime.now(UTC))
        for notice in notices:
            tell(notice)
    return {
        kind: [f"{notice.alert.subject}: {notice.rule.name}" for notice in notices if notice.kind == kind]
        for kind in ("raised", "resolved")
    }


def tell(notice: Notice) -> str:
    """Enqueue a message, in the caller's transaction; its job's id, empty when it only goes to the log."""
    log = logger.info if notice.kind == "resolved" else logger.warning
    log("%s\n%s", subject_of(notice), body_of(notice))
    task: Any = current_app.tasks.get(_SEND)
    if task is None:
        return ""
    default_channel, default_recipient = settings.alert_channel()
    message = {
        "channel": notice.rule.channel or default_channel,
        "recipient": notice.rule.recipient or default_recipient,
        "subject": subject_of(notice),
        "body": body_of(notice),
        "idempotency_key": notice.key,
    }
    return str(task.apply_async(kwargs=message, priority=Priority.HIGH).id)
