"""A notification's row: its states, written here alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils import timezone

from execution.models import Notification
from execution.recipients import Channel, shown_recipient
from jobs.encryption import keyed_digest
from jobs.errors import Permanent

State = Notification.State


class KeyReused(Permanent):
    """An idempotency key was used for another message before."""


@dataclass(frozen=True)
class Message:
    """What is to be delivered once."""

    channel: Channel
    recipient: str = field(repr=False)
    subject: str
    body: str
    idempotency_key: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def digest(self) -> str:
        """Equal for equal messages; says nothing about them."""
        return keyed_digest([self.channel.value, self.recipient, self.subject, self.body, dict(self.data)])


def record(message: Message, job_uid: str) -> Notification:
    """The row of this message, made when it is not there. KeyReused when its key belongs to another one."""
    row, _ = Notification.objects.get_or_create(
        idempotency_key=message.idempotency_key,
        defaults={
            "channel": message.channel.value,
            "recipient": shown_recipient(message.channel, message.recipient),
            "subject": message.subject,
            "body": message.body,
            "data": dict(message.data),
            "digest": message.digest(),
            "job_uid": job_uid,
        },
    )
    if row.digest != message.digest():
        raise KeyReused(f"the idempotency key {message.idempotency_key!r} was used for another message")
    return row


def begin(row: Notification, job_uid: str) -> None:
    """A try begins."""
    Notification.objects.filter(pk=row.pk).update(
        state=State.SENDING, attempts=F("attempts") + 1, job_uid=job_uid
    )


def delivered(row: Notification) -> None:
    """It was handed over."""
    Notification.objects.filter(pk=row.pk).update(
        state=State.DELIVERED, delivered_at=timezone.now(), last_error=""
    )


def not_delivered(row: Notification, error: Exception, *, final: bool) -> None:
    """A try failed; `final` when another one cannot help."""
    state = State.FAILED if final else State.RETRYING
    Notification.objects.filter(pk=row.pk).update(state=state, last_error=str(error)[:2000])
