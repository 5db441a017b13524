"""The options that a call may have: ours and Celery's. One that nobody reads is refused where it is given."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from jobs.errors import OptionRefused

# What `using(...)`, `enqueue_many(...)` and `apply_async(...)` understand.
OWN = frozenset({
    "correlation_id", "countdown", "depends_on", "eta", "expires", "fresh", "ignore_result", "max_attempts",
    "periodic_task_name", "policy", "priority", "queue", "soft_time_limit", "stale_after", "strategy", "tags",
    "task_id", "time_limit", "unique", "unique_key",
})  # fmt: skip

# What Celery 5.7 takes beside these: Task.apply_async, Celery.send_task, AMQP.send_task_message, kombu's
# Producer.publish, and the properties of a message.
CELERYS = frozenset({
    "add_to_parent", "app_id", "argsrepr", "chain", "chord", "cluster_id", "compression", "confirm_timeout",
    "connection", "content_encoding", "content_type", "declare", "delivery_mode", "event_dispatcher",
    "exchange", "exchange_type", "expiration", "group_id", "group_index", "headers", "immediate", "kwargsrepr",
    "link", "link_error", "mandatory", "message_id", "origin", "parent_id", "producer", "publisher",
    "replaced_task_nesting", "reply_to", "result_cls", "retries", "retry", "retry_policy", "root_id",
    "route_name", "router", "routing_key", "serializer", "shadow", "stamped_headers", "task_type", "timeout",
    "timestamp", "type", "user_id",
})  # fmt: skip


def refuse_unknown(options: Mapping[str, Any]) -> None:
    """OptionRefused for a name that neither Millrace nor Celery reads, with a suggestion."""
    for name in _unread(options):
        raise OptionRefused(name, f"no such option{_hint(name)}")


def refuse_misspelt(options: Mapping[str, Any]) -> None:
    """OptionRefused for a name that is close to an option of ours.

    Celery lets further names travel with a message (stamps, properties of a broker): those pass.
    """
    for name in _unread(options):
        if _hint(name):
            raise OptionRefused(name, f"no such option{_hint(name)}")


def _unread(options: Mapping[str, Any]) -> list[str]:
    stamps = set(options.get("stamped_headers") or ())
    return [name for name in options if name not in OWN and name not in CELERYS and name not in stamps]


def _hint(name: str) -> str:
    close = get_close_matches(name, sorted(OWN), n=1, cutoff=0.8)
    return f"; did you mean {close[0]!r}?" if close else ""
