"""Alerts raised, resolved and silenced; nothing is sent from here, what is to be told is answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from jobs import audit
from monitoring.alerting import Rule, Step, may_tell, step
from monitoring.measures import MEASURES, Situation, Values
from monitoring.models import Alert, AlertRule, Silence

_LOCK = 5_430_042


@dataclass(frozen=True)
class Notice:
    """Somebody is to be told: of an alert that was `raised` or `resolved`, or that a rule is `tested`."""

    kind: str
    rule: AlertRule
    alert: Alert

    @property
    def key(self) -> str:
        """The same for the same notice."""
        return f"alert:{self.alert.pk or self.alert.since.isoformat()}:{self.kind}"


def evaluate(now: Situation, at: datetime) -> list[Notice]:
    """Look at every rule, in the caller's transaction; what is to be told is marked as told in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    _resolve_without_rule(at)
    silences = list(Silence.objects.filter(until__gt=at))
    measured: dict[str, Values] = {}
    notices: list[Notice] = []
    for rule in AlertRule.objects.filter(enabled=True).order_by("name"):
        if rule.measure in MEASURES:
            values = measured.setdefault(rule.measure, MEASURES[rule.measure](now))
            notices += _of_rule(rule, _concerned(rule, values), silences, at)
    return notices


def untold(alert: Alert) -> None:
    """The message could not be enqueued: nobody was told."""
    alert.told_at = None
    alert.save(update_fields=["told_at"])


def silence(rule: str, subject: str, seconds: float, by: str, reason: str = "") -> Silence:
    """Tell nobody of these for a while."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    with transaction.atomic():
        audit.record("silence alerts", f"{rule or 'every rule'} {subject}".strip(), by=by, reason=reason)
        return Silence.objects.create(rule=rule, subject=subject, until=until, by=by, reason=reason)


def trial_of(rule: AlertRule) -> Notice:
    """A notice as the rule would give it, of an alert that is not stored."""
    now = datetime.now(UTC)
    subject = rule.subject or "test"
    alert = Alert(
        rule=rule.name, subject=subject, state="firing", severity=rule.severity, value=rule.threshold,
        threshold=rule.threshold, since=now, fired_at=now,
    )  # fmt: skip
    return Notice("tested", rule, alert)


def _concerned(rule: AlertRule, values: Values) -> Mapping[str, float]:
    return {subject: value for subject, value in values.items() if rule.subject in {"", subject}}


def _of_rule(rule: AlertRule, values: Values, silences: list[Silence], at: datetime) -> Iterator[Notice]:
    numbers = Rule(rule.threshold, rule.for_seconds, rule.cooldown_seconds)
    known = {alert.subject: alert for alert in Alert.objects.filter(rule=rule.name).exclude(state="resolved")}
    for subject in sorted({*known, *values}):
        value = values.get(subject, 0.0)  # what is measured no more is well
        alert = known.get(subject)
        what = step(numbers, alert.state if alert else None, alert.since if alert else None, value, at)
        alert, resolved = _moved(rule, subject, alert, what, value, at)
        if resolved and alert and alert.told_at and not _is_silenced(alert, silences):
            yield Notice("resolved", rule, alert)
        elif alert and alert.state == "firing" and _to_be_told(numbers, alert, silences, at):
            yield Notice("raised", rule, alert)


def _moved(
    rule: AlertRule, subject: str, alert: Alert | None, what: Step, value: float, at: datetime
) -> tuple[Alert | None, bool]:
    """The alert after the step, and whether it was resolved by it."""
    if what is Step.FORGET and alert:
        alert.delete()
        return None, False
    if alert is None and what in {Step.OPEN, Step.FIRE}:
        alert = Alert(rule=rule.name, subject=subject, state="pending", since=at)
    if alert is None:
        return None, False
    alert.severity, alert.threshold = rule.severity, rule.threshold
    if what is Step.RESOLVE:
        alert.state, alert.resolved_at = "resolved", at
    else:
        alert.value = value
    if what is Step.FIRE:
        alert.state, alert.fired_at = "firing", at
    alert.save()
    return alert, what is Step.RESOLVE


def _to_be_told(numbers: Rule, alert: Alert, silences: list[Silence], at: datetime) -> bool:
    if alert.told_at is not None:
        return False
    alert.silenced = _is_silenced(alert, silences)
    last = Alert.objects.filter(rule=alert.rule, subject=alert.subject).aggregate(at=Max("told_at"))["at"]
    told = may_tell(numbers, last, alert.silenced, at)
    alert.told_at = at if told else None
    alert.save(update_fields=["silenced", "told_at"])
    return told


def _is_silenced(alert: Alert, silences: list[Silence]) -> bool:
    return any(each.rule in {"", alert.rule} and each.subject in {"", alert.subject} for each in silences)


def _resolve_without_rule(at: datetime) -> None:
    enabled = AlertRule.objects.filter(enabled=True).values("name")
    gone = Alert.objects.exclude(state="resolved").exclude(rule__in=enabled)
    gone.filter(state="pending").delete()
    gone.update(state="resolved", resolved_at=at)
