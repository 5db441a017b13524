"""Who hears of dead letters."""

from dataclasses import dataclass, field

from django.conf import settings

from execution.models import AlertRecipient


@dataclass(frozen=True)
class Hearer:
    """Somebody, with the queues that concern them; none means all. `key` tells them apart."""

    key: str
    channel: str
    recipient: str = field(repr=False)
    queues: frozenset[str] = frozenset()


def hearers() -> list[Hearer]:
    """ALERT_WEBHOOK_URL, and the rows that are enabled."""
    rows = AlertRecipient.objects.filter(enabled=True).order_by("id")
    found = [Hearer(f"r{row.pk}", row.channel, row.recipient, frozenset(row.queues)) for row in rows]
    if settings.ALERT_WEBHOOK_URL:
        found.insert(0, Hearer("setting", "webhook", settings.ALERT_WEBHOOK_URL))
    return found
