"""A user's alert rules and what they told, as pages and API show them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from analysis.models import AlertFiring, AlertRule
from jobs.errors import NotFound


def rules_of(user: Any, slug: str = "") -> "QuerySet[AlertRule]":
    """The user's own rules, newest first; with a slug those about that coin."""
    rules = AlertRule.objects.filter(user=user).select_related("coin").order_by("-pk")
    return rules.filter(coin__slug=slug) if slug else rules


def rule_of(user: Any, alert_id: int) -> AlertRule:
    """One rule of the user's. NotFound for one that is not there, or is somebody else's."""
    rule = rules_of(user).filter(pk=alert_id).first()
    if rule is None:
        raise NotFound(f"You have no alert {alert_id}.")
    return rule


def firings_of(rules: Sequence[AlertRule], limit: int = 20) -> list[AlertFiring]:
    """The newest firings of these rules, newest first."""
    rows = AlertFiring.objects.filter(rule__in=[rule.pk for rule in rules]).select_related("rule__coin")
    return list(rows.order_by("-fired_at", "-pk")[:limit])
