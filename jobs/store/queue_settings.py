"""Writing what operators set over a queue's declaration. The leader of the queue reads it twice a second."""

from typing import Any

from django.db import connection, transaction

from jobs.models import Job, QueueSettings

State = QueueSettings.State


def set_state(queue: str, state: str, by: str, reason: str) -> None:
    """Open, pause or drain a queue. A drain lets start what is in the table now, and nothing later."""
    with transaction.atomic():
        newest = Job.objects.order_by("-id").values_list("id", flat=True).first() or 0
        values: dict[str, Any] = {"state": state, "reason": reason, "changed_by": by[:255]}
        values["drain_to"] = newest if state == State.DRAINING else None
        QueueSettings.objects.update_or_create(queue=queue, defaults=values)


def set_limits(queue: str, changes: dict[str, Any], by: str) -> None:
    """Override limits; None takes an override back."""
    QueueSettings.objects.update_or_create(queue=queue, defaults=changes | {"changed_by": by[:255]})


def name_keyless(queue: str, key: str) -> int:
    """Jobs from before the queue had a key count under `key`: how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_NAME_KEYLESS, [key, queue])
        return int(cursor.rowcount)


_NAME_KEYLESS = """
UPDATE jobs_job SET limit_key = %s
WHERE queue = %s AND state IN ('waiting', 'delayed', 'blocked') AND limit_key = ''
"""
