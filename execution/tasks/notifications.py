"""The job that tells somebody something."""

from typing import Annotated, Any

from celery import shared_task
from pydantic import JsonValue, StringConstraints

from execution.recipients import Channel
from execution.services.notifications.deliver import DeliveryResult, deliver
from execution.services.notifications.record import Message
from jobs import Unique, lock, progress

_LOCK = 10.0  # seconds that a worker which died keeps others from trying

Recipient = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\r\n\x00]+$")]
Body = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]


@shared_task(
    bind=True, time_limit=30, stale_after=60, unique=Unique("idempotency_key"), secret=("recipient",)
)
def send_notification(
    self: Any,
    *,
    channel: Channel,
    recipient: Recipient,
    subject: Subject,
    body: Body,
    idempotency_key: Key,
    data: dict[str, JsonValue] | None = None,
) -> DeliveryResult:
    """Tell a webhook, an e-mail address or the log; once per idempotency key, however often it is asked.

    The recipient is stored encrypted: a webhook's path is often its password.
    """
    message = Message(channel, recipient, subject, body, idempotency_key, data or {})
    with lock(f"notification:{idempotency_key}", life=_LOCK):
        result = deliver(message, self.request.id or "")
        progress(1, "Delivered before" if result.already else f"Delivered to {result.recipient}")
    return result
