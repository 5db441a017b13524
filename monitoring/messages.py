"""Notices in words and as data: what a person who is woken at night, or a program, needs to know first."""

from typing import Any

from django.urls import reverse

from jobs.pages.words import duration
from monitoring.evidence import Evidence, evidence_of, sentence_of
from monitoring.guide import link_of
from monitoring.services.alerts import Notice
from monitoring.settings import site_url

_SECONDS = frozenset({"oldest_seconds", "lag_seconds", "schedule_overdue_seconds"})
_LONGEST_SUBJECT = 200


def message_of(notice: Notice) -> dict[str, Any]:
    """Subject, body and data, as notifications take them."""
    found = {} if notice.kind == "resolved" else evidence_of(notice.rule.measure, notice.alert.subject)
    return {"subject": subject_of(notice), "body": body_of(notice, found), "data": data_of(notice, found)}


def subject_of(notice: Notice) -> str:
    """One line."""
    words = {"raised": notice.alert.severity.upper(), "resolved": "RESOLVED", "tested": "TEST"}
    text = f"[{words[notice.kind]}] {notice.alert.subject}: {notice.rule.name}"
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_LONGEST_SUBJECT]


def body_of(notice: Notice, found: Evidence) -> str:
    """What, since when, how much against how much, the newest evidence, what to do, and where to read on."""
    alert, rule = notice.alert, notice.rule
    lines = [
        f"{alert.subject}: {rule.name}.",
        f"Measured {_amount(rule.measure, alert.value)}, allowed {_amount(rule.measure, alert.threshold)}.",
        f"Since {alert.since:%Y-%m-%d %H:%M:%S} UTC.",
    ]
    if notice.kind == "resolved" and alert.resolved_at:
        lasted = (alert.resolved_at - alert.since).total_seconds()
        return "\n".join([*lines, f"It is well again after {duration(lasted)}."])
    lines += [sentence_of(found)] if found else []
    lines += [f"What to do: {rule.advice}"] if rule.advice else []
    lines.append(f"Guide: {site_url()}{link_of(rule.measure)}")
    lines.append(f"Alerts: {site_url()}{reverse('platform-alerts')}")
    return "\n".join(lines)


def data_of(notice: Notice, found: Evidence) -> dict[str, Any]:
    """The same for programs; times are ISO 8601."""
    alert, rule = notice.alert, notice.rule
    return {
        "kind": notice.kind,
        "rule": rule.name,
        "measure": rule.measure,
        "subject": alert.subject,
        "severity": alert.severity,
        "value": alert.value,
        "threshold": alert.threshold,
        "since": alert.since.isoformat(),
        "firedAt": alert.fired_at.isoformat() if alert.fired_at else None,
        "resolvedAt": alert.resolved_at.isoformat() if alert.resolved_at else None,
        "advice": rule.advice,
        "guide": f"{site_url()}{link_of(rule.measure)}",
        "evidence": found or None,
    }


def _amount(measure: str, value: float) -> str:
    if measure in _SECONDS:
        return duration(value)
    return f"{value:.0%}" if measure == "failure_share" else f"{value:g}"
