"""Remembers that a rule came true: once per cooldown, however many checks run at once."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from analysis.models import AlertFiring, AlertRule
from analysis.services.alerts.words import message

_PLACES = Decimal("1e-18")


def record_firing(rule: AlertRule, value: Decimal, now: datetime) -> AlertFiring | None:
    """Stamp the rule and add to its history; None when another check was first, or the rule was switched off.

    The stamp is the guard: of two at once the second waits for the first one's transaction, reads the
    stamp anew and finds the cooldown running. Call it in the transaction that sends the news.
    """
    free = Q(last_triggered_at=None) | Q(last_triggered_at__lte=now - rule.cooldown)
    with transaction.atomic():
        stamped = AlertRule.objects.filter(free, pk=rule.pk, enabled=True).update(last_triggered_at=now)
        if not stamped:
            return None
        text = message(str(rule.coin), rule.kind, value, rule.threshold, rule.window)
        return AlertFiring.objects.create(
            rule=rule,
            fired_at=now,
            value=value.quantize(_PLACES),
            threshold=rule.threshold,
            message=text[:500],
        )
