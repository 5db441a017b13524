"""Checks rules, and sends the news of those that came true."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction

from analysis.models import AlertFiring, AlertRule
from analysis.queries.alert_facts import facts_of
from analysis.services.alerts.evaluate import Rule, Verdict, evaluate
from analysis.services.alerts.firing import record_firing
from enrichment.coins import channel
from jobs import Priority
from jobs.errors import Refused

NOTIFY = "execution.tasks.notifications.send_notification"  # by name: it is above this layer
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checked:
    """A rule's verdict, and what was remembered when it fired."""

    rule: AlertRule
    verdict: Verdict
    firing: AlertFiring | None


def check_rules(rules: Sequence[AlertRule], now: datetime) -> list[Checked]:
    """Evaluate the rules; of those that come true stamp, history and notification are one transaction each."""
    facts = facts_of(rules, now)
    return [_check(rule, evaluate(_plain(rule), facts[rule.pk], now), now) for rule in rules]


def _check(rule: AlertRule, verdict: Verdict, now: datetime) -> Checked:
    if not verdict.fires or verdict.value is None:
        return Checked(rule, verdict, None)
    with transaction.atomic():
        firing = record_firing(rule, verdict.value, now)
        if firing is not None:
            firing.job_uid = _notify(rule, firing)
            AlertFiring.objects.filter(pk=firing.pk).update(job_uid=firing.job_uid)
    return Checked(rule, verdict, firing)


def _notify(rule: AlertRule, firing: AlertFiring) -> str:
    """Enqueue the notification; answers with its job's id, or with nothing where nobody can send."""
    task: Any = current_app.tasks.get(NOTIFY)
    if task is None:
        _log.warning("alert %s fired, but no task %s is registered to send it", rule.pk, NOTIFY)
        return ""
    try:
        started = task.using(priority=Priority.HIGH, correlation_id=channel(rule.coin.slug)).enqueue(
            channel=rule.channel,
            recipient=rule.recipient or rule.user.get_username(),
            subject=f"Alert: {rule.coin}"[:200],
            body=firing.message,
            idempotency_key=f"alert-firing:{firing.pk}",
        )
    except Refused as refusal:  # one rule with a recipient that is not taken must not keep the others back
        _log.warning("alert %s fired, but its notification is refused: %s", rule.pk, refusal)
        return ""
    return str(started.id)


def _plain(rule: AlertRule) -> Rule:
    return Rule(rule.kind, rule.threshold, rule.cooldown, rule.last_triggered_at)
