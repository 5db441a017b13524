"""Delivers a notification, once per idempotency key.

What is delivered is on record, and is not sent again. A crash between the sending and the record sends it a
second time with the same key (and, to a webhook, the same body): the receiver knows it by that.
"""

import json
import logging
import time
from dataclasses import dataclass

from execution.models import Notification
from execution.providers.mail import send_mail
from execution.providers.webhooks.addresses import checked_addresses, parse_target
from execution.providers.webhooks.policy import allowed_places, signing_secrets
from execution.providers.webhooks.sending import post
from execution.providers.webhooks.signing import HEADER, signature
from execution.recipients import Channel, recipient_fault
from execution.services.notifications.record import Message, begin, delivered, not_delivered, record
from jobs.errors import Permanent

_log = logging.getLogger("millrace.notifications")


@dataclass(frozen=True)
class DeliveryResult:
    """`already` when it had been delivered before. `attempts` counts every try, those of other jobs too."""

    idempotency_key: str
    channel: str
    recipient: str
    attempts: int
    already: bool


def deliver(message: Message, job_uid: str) -> DeliveryResult:
    """Hand a message over. Raises RateLimited, Transient, Permanent; the caller holds the key's lock."""
    row = record(message, job_uid)
    if row.state == Notification.State.DELIVERED:
        return _result(row, already=True)
    begin(row, job_uid)
    try:
        _hand_over(message, row)
    except Exception as error:
        not_delivered(row, error, final=isinstance(error, Permanent))
        raise
    delivered(row)
    row.refresh_from_db()
    return _result(row, already=False)


def _hand_over(message: Message, row: Notification) -> None:
    fault = recipient_fault(message.channel, message.recipient)
    if fault:
        raise Permanent(f"the recipient {fault}")
    if message.channel is Channel.WEBHOOK:
        _to_webhook(message, row)
    elif message.channel is Channel.EMAIL:
        send_mail(message.recipient, message.subject, message.body, message.idempotency_key)
    else:
        _log.warning("%s: %s\n%s", message.recipient, message.subject, message.body)


def _to_webhook(message: Message, row: Notification) -> None:
    target = parse_target(message.recipient)
    addresses = checked_addresses(target, allowed_places())
    body = webhook_body(message, row)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Millrace-Webhook/1",
        "Idempotency-Key": message.idempotency_key,
        HEADER: signature(body, signing_secrets(), int(time.time())),
    }
    post(target, addresses, body, headers)


def webhook_body(message: Message, row: Notification) -> bytes:
    """The same bytes at every try."""
    fields = {
        "id": message.idempotency_key,
        "createdAt": row.created_at.isoformat(),
        "subject": message.subject,
        "body": message.body,
        "data": dict(message.data),
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _result(row: Notification, *, already: bool) -> DeliveryResult:
    return DeliveryResult(row.idempotency_key, row.channel, row.recipient, row.attempts, already)
