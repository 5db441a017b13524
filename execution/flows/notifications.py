"""Asking for a notification: checked as a whole, with its row and its job in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from execution.models import Notification
from execution.recipients import Channel, refused_at_the_door
from execution.services.notifications.record import KeyReused, Message, record
from execution.tasks.notifications import send_notification
from jobs.errors import ArgumentsRefused
from jobs.ids import new_id


@dataclass(frozen=True)
class Asked:
    """A notification and the job that delivers it, or delivered it before (`created` is false)."""

    notification: Notification
    job_uid: str
    created: bool


def notify(
    channel: str,
    recipient: str,
    subject: str,
    body: str = "",
    data: Mapping[str, Any] | None = None,
    idempotency_key: str = "",
    **options: Any,
) -> Asked:
    """Let a message be delivered; `options` are those of `using`. Without a key each call is a new message.

    Raises ArgumentsRefused, with nothing stored, for wrong arguments and for a key of another message.
    """
    key = idempotency_key or new_id()
    _check(channel, recipient.strip())
    given = {"channel": channel, "recipient": recipient, "subject": subject, "body": body, "data": data or {}}
    known = Notification.objects.filter(idempotency_key=key, state=Notification.State.DELIVERED).first()
    with transaction.atomic():
        # Enqueued first: its checks name each wrong field, and what it refuses takes the row back with it.
        result = None if known else send_notification.using(**options).enqueue(**given, idempotency_key=key)
        uid = result.id if result else known.job_uid if known else ""
        message = Message(Channel(channel), recipient.strip(), subject, body, key, data or {})
        return Asked(_recorded(message, uid), uid, bool(result and result.created))


def _check(channel: str, recipient: str) -> None:
    if channel not in set(Channel):
        return  # told by the task's own check, together with the other fields
    fault = refused_at_the_door(Channel(channel), recipient) if recipient else ""
    if fault:
        raise ArgumentsRefused("send_notification", {"recipient": fault})


def _recorded(message: Message, uid: str) -> Notification:
    try:
        return record(message, uid)
    except KeyReused as error:
        raise ArgumentsRefused("send_notification", {"idempotency_key": str(error)}) from None
