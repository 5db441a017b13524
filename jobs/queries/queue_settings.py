"""The limits that hold: what is declared, with what operators set over it."""

from collections.abc import Sequence
from typing import Any, Literal

from jobs.configuration import queue_book
from jobs.limits import Limits
from jobs.models import QueueSettings
from jobs.queues import Queue
from jobs.rates import Rate, parse_rate

NO_RATE = "none"


def limits_of(queues: Sequence[str]) -> dict[str, Limits]:
    """The limits of these queues, now."""
    rows = {row.queue: row for row in QueueSettings.objects.filter(queue__in=queues)}
    return {name: resolve(queue_book().get(name), rows.get(name)) for name in queues}


def settings_of(queue: str) -> QueueSettings:
    """The queue's overrides; unsaved and empty when there are none."""
    return QueueSettings.objects.filter(queue=queue).first() or QueueSettings(queue=queue)


def resolve(declared: Queue, row: QueueSettings | None) -> Limits:
    """Overrides over declaration."""
    if row is None:
        return declared.limits()
    return Limits(
        rate=_rate(row.rate, declared.rate),
        rate_per_key=_rate(row.rate_per_key, declared.rate_per_key),
        burst=_number(row.burst, declared.burst),
        max_running=_number(row.max_running, declared.max_running),
        max_running_per_key=_number(row.max_running_per_key, declared.max_running_per_key),
        fair=declared.fair if row.fair is None else row.fair,
        ageing=declared.ageing if row.ageing is None else row.ageing or None,
        paused=row.state == QueueSettings.State.PAUSED,
        drain_to=row.drain_to if row.state == QueueSettings.State.DRAINING else None,
    )


def shown(limits: Limits) -> dict[str, Any]:
    """Limits as people and programs read them; None is no limit."""
    return {
        "rate": str(limits.rate) if limits.rate else None,
        "rate_per_key": str(limits.rate_per_key) if limits.rate_per_key else None,
        "burst": limits.burst,
        "max_running": limits.max_running,
        "max_running_per_key": limits.max_running_per_key,
        "fair": limits.fair,
        "ageing": limits.ageing,
    }


def state_of(limits: Limits) -> Literal["open", "paused", "draining"]:
    """`open`, `paused` or `draining`."""
    return "paused" if limits.paused else "draining" if limits.drain_to is not None else "open"


def _rate(text: str | None, declared: Rate | None) -> Rate | None:
    if text is None:
        return declared
    return None if text == NO_RATE else parse_rate(text)


def _number(value: int | None, declared: int | None) -> int | None:
    return declared if value is None else value or None
