"""Dead letters told to whom it concerns."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction

from execution.flows.notifications import notify
from execution.queries.alerts import Hearer, hearers
from execution.services.dead_letters import News, news, take
from execution.tasks.notifications import send_notification
from jobs.errors import Refused
from jobs.names import short_name

_log = logging.getLogger(__name__)


def tell_dead_letters(cooldown: timedelta) -> int:
    """One notification per cause and hearer; answers how many. Runs concurrently with itself.

    A letter of the notifications themselves raises none: it could not be delivered either.
    """
    listening = hearers()
    if not listening:
        return 0
    sent = 0
    for found in news([send_notification.name], cooldown):
        concerned = [hearer for hearer in listening if _concerns(hearer, found)]
        with transaction.atomic():
            if concerned and take(found, cooldown):
                sent += sum(_tell(hearer, found) for hearer in concerned)
    return sent


def _concerns(hearer: Hearer, found: News) -> bool:
    return not hearer.queues or not hearer.queues.isdisjoint(found.queues)


def _tell(hearer: Hearer, found: News) -> bool:
    try:
        with transaction.atomic():
            notify(
                hearer.channel,
                hearer.recipient,
                _subject(found),
                _body(found),
                _data(found),
                f"dead-letters:{found.fingerprint}:{found.newest}:{hearer.key}",
                tags=["dead-letters"],
            )
    except Refused as refusal:  # a row of the admin that makes no sense must not keep the others from hearing
        _log.warning("the alert recipient %s cannot be told: %s", hearer.key, refusal)
        return False
    return True


def _subject(found: News) -> str:
    count = "A job" if found.letters == 1 else f"{found.letters} jobs"
    return f"{count} of {short_name(found.task)} failed for good: {found.error_type}"[:200]


def _body(found: News) -> str:
    again = (
        f"{found.retryable} of {found.letters} may be retried."
        if found.retryable
        else "Retrying will not help."
    )
    queues = ", ".join(found.queues)
    return f"{found.error}\n\nQueue: {queues}. {again} See /dead-letters/cause/{found.fingerprint}"


def _data(found: News) -> dict[str, Any]:
    return {
        "kind": "dead-letters",
        "fingerprint": found.fingerprint,
        "task": found.task,
        "queues": list(found.queues),
        "errorType": found.error_type,
        "error": found.error,
        "letters": found.letters,
        "retryable": found.retryable,
        "newestLetter": found.newest,
        "lastAt": found.last_at.isoformat(),
    }
