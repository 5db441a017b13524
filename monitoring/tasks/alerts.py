"""Alert rules, looked at every minute; what they find is told through notifications."""

import logging
from datetime import UTC, datetime
from typing import Any

from celery import current_app, shared_task
from django.db import transaction

from jobs import Priority, Unique
from jobs.errors import JobError
from monitoring import settings
from monitoring.measures import situation
from monitoring.messages import message_of
from monitoring.services.alerts import Notice, evaluate, untold

logger = logging.getLogger(__name__)

_SEND = "execution.tasks.notifications.send_notification"


@shared_task(time_limit=60, stale_after=120, unique=Unique())
def evaluate_alert_rules() -> dict[str, list[str]]:
    """Raise and resolve alerts. What is to be told is marked as told and enqueued in one transaction."""
    now = situation()
    with transaction.atomic():
        notices = evaluate(now, datetime.now(UTC))
        for notice in notices:
            _tell_surely(notice)
    return {
        kind: [f"{notice.alert.subject}: {notice.rule.name}" for notice in notices if notice.kind == kind]
        for kind in ("raised", "resolved")
    }


def _tell_surely(notice: Notice) -> None:
    """A rule whose channel or recipient is refused keeps no other from being told; what fires is tried again."""
    try:
        with transaction.atomic():
            tell(notice)
    except JobError as error:
        logger.error("nobody is told of %r: %s", notice.rule.name, error)  # noqa: TRY400 -- the cause is said
        if notice.kind == "raised":
            untold(notice.alert)


def tell(notice: Notice) -> str:
    """Enqueue a message, in the caller's transaction; its job's id, empty when it only goes to the log."""
    message = message_of(notice)
    log = logger.info if notice.kind == "resolved" else logger.warning
    log("%s\n%s", message["subject"], message["body"])
    task: Any = current_app.tasks.get(_SEND)
    if task is None:
        return ""
    default_channel, default_recipient = settings.alert_channel()
    message |= {
        "channel": notice.rule.channel or default_channel,
        "recipient": notice.rule.recipient or default_recipient,
        "idempotency_key": notice.key,
    }
    return str(task.apply_async(kwargs=message, priority=Priority.HIGH).id)
