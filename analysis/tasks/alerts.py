"""Jobs that check alert rules."""

from dataclasses import dataclass
from typing import Annotated

from celery import shared_task
from django.utils import timezone
from pydantic import Field

from analysis.flows.alerts import Checked, check_rules
from analysis.models import AlertRule
from jobs import Permanent, Unique, progress

BATCH = 500  # rules whose facts are read together

AlertId = Annotated[int, Field(ge=1, le=2**63 - 1)]


@dataclass(frozen=True)
class AlertCheck:
    """How many rules were looked at, came true, and were told; the others were silent for their cooldown."""

    checked: int
    true: int
    fired: int
    messages: list[str]


@shared_task(time_limit=60, stale_after=120, unique=Unique())
def check_alerts() -> AlertCheck:
    """Evaluate every active alert rule on what is known of its coin, and notify of those that came true."""
    rows = (
        AlertRule.objects.filter(enabled=True, coin__active=True)
        .select_related("coin", "user")
        .order_by("pk")
    )
    done: list[Checked] = []
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        done += check_rules(batch, timezone.now())
        last = batch[-1].pk
        progress(None, f"{len(done):,} rules checked")
    return _told(done)


@shared_task(time_limit=60, stale_after=120, unique=Unique("alert_id"), subject="alert_id")
def check_specific_alert(*, alert_id: AlertId) -> AlertCheck:
    """Evaluate one alert rule now, and notify when it came true."""
    rule = AlertRule.objects.select_related("coin", "user").filter(pk=alert_id).first()
    if rule is None:
        raise Permanent(f"there is no alert {alert_id}")
    if not rule.enabled:
        progress(1, "The alert is switched off")
        return AlertCheck(0, 0, 0, [])
    return _told(check_rules([rule], timezone.now()))


def _told(done: list[Checked]) -> AlertCheck:
    firings = [one.firing.message for one in done if one.firing]
    result = AlertCheck(len(done), sum(one.verdict.is_true for one in done), len(firings), firings[:20])
    progress(1, f"{result.checked} checked, {result.true} true, {result.fired} told", fired=result.fired)
    return result
