"""Alerts over time: raised, told once, silenced, resolved."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from celery import current_app, shared_task

from jobs.fence.connection import client
from jobs.models import Attempt, DeadLetter, Job, Metric
from monitoring.measures import MEASURES, situation
from monitoring.messages import message_of, subject_of
from monitoring.models import Alert, AlertRule
from monitoring.rules import create_missing
from monitoring.services.alerts import Notice, evaluate, silence, trial_of
from monitoring.tasks.alerts import evaluate_alert_rules
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db


class Beginning:
    """The moment at which a test began: silences go by the real clock."""

    began = datetime.now(UTC)


@pytest.fixture(autouse=True)
def one_rule() -> AlertRule:
    """A rule on waiting jobs of the queue `quick`, and no other."""
    client().flushall()
    Beginning.began = datetime.now(UTC)
    AlertRule.objects.all().delete()
    return AlertRule.objects.create(
        name="long queue", measure="waiting", subject="quick", threshold=2, for_seconds=60, cooldown_seconds=600,
        advice="Add workers.",
    )  # fmt: skip


def _look(minutes: float) -> list[tuple[str, str]]:
    return [
        (each.kind, each.alert.subject)
        for each in evaluate(situation(), Beginning.began + timedelta(minutes=minutes))
    ]


def _wait(count: int) -> None:
    Job.objects.all().delete()
    for _ in range(count):
        make_job()


def test_an_alert_is_raised_after_it_has_lasted_and_told_once_and_resolved() -> None:
    _wait(3)
    assert _look(0) == []
    assert Alert.objects.get().state == "pending"
    assert _look(1) == [("raised", "quick")]
    assert _look(2) == _look(3) == []
    _wait(2)
    assert _look(4) == [("resolved", "quick")]
    alert = Alert.objects.get()
    assert (alert.state, alert.value, alert.resolved_at) == (
        "resolved",
        3,
        Beginning.began + timedelta(minutes=4),
    )
    assert _look(5) == []


def test_what_does_not_last_is_forgotten() -> None:
    _wait(3)
    _look(0)
    _wait(0)
    assert _look(1) == []
    assert not Alert.objects.exists()


def test_nobody_is_told_while_it_is_silenced_but_afterwards_if_it_still_fires() -> None:
    silence("long queue", "", 300, "operator", "known")
    _wait(3)
    assert _look(0) == _look(1) == _look(4) == []
    assert Alert.objects.get().silenced
    assert _look(6) == [("raised", "quick")]


def test_the_end_of_what_nobody_heard_of_is_not_told() -> None:
    silence("", "quick", 3600, "operator")
    _wait(3)
    _look(0), _look(1)
    _wait(0)
    assert _look(2) == []
    assert Alert.objects.get().state == "resolved"


def test_an_alert_that_comes_and_goes_is_told_again_only_after_its_cooldown() -> None:
    _wait(3)
    _look(0), _look(1)
    _wait(0)
    _look(2)
    _wait(3)
    _look(3)
    assert _look(5) == []
    assert Alert.objects.filter(state="firing").count() == 1
    assert _look(12) == [("raised", "quick")]


def test_a_rule_that_is_switched_off_resolves_what_it_raised(one_rule: AlertRule) -> None:
    _wait(3)
    _look(0), _look(1)
    AlertRule.objects.update(enabled=False)
    assert _look(2) == []
    assert Alert.objects.get().state == "resolved"


def test_the_rules_of_a_new_installation_know_their_measures_and_stay_as_they_are_changed() -> None:
    create_missing()
    assert set(AlertRule.objects.values_list("measure", flat=True)) == set(MEASURES)
    AlertRule.objects.filter(name="no worker").update(threshold=0.5)
    create_missing()
    assert AlertRule.objects.get(name="no worker").threshold == 0.5


def test_every_measure_is_zero_on_a_calm_system_but_that_nobody_leads() -> None:
    now = situation()
    loud = {name for name, measure in MEASURES.items() if any(measure(now).values())}
    assert loud == {"no_dispatcher"}


def test_failures_and_stalls_and_late_starts_are_measured() -> None:
    from jobs.histogram import bucket

    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    Metric.objects.create(
        period="minute", at=minute, queue="quick", task="t", completed=5, failed=15, stalled=7, waited=40,
        waits={str(bucket(1)): 10, str(bucket(90)): 30},
    )  # fmt: skip
    make_job()
    now = situation()
    found = {name: measure(now).get("quick") for name, measure in MEASURES.items()}
    assert found["failure_share"] == 0.75
    assert (found["failed_in_an_hour"], found["stalled_in_five_minutes"], found["no_worker"]) == (15, 7, 1)
    assert found["burn_rate"] == pytest.approx(15)


def test_a_message_has_what_a_person_needs(one_rule: AlertRule) -> None:
    one_rule.measure, one_rule.threshold = "failure_share", 0.2
    DeadLetter.objects.create(
        job_uid="j1", queue="quick", task="app.pay", args=[], kwargs={}, options={}, priority=5,
        correlation_id="", tags=[], error_type="Timeout", error="no answer", traceback="", fingerprint="f",
        retryable=True, reason="", attempts=3, runs=3, failed_at=Beginning.began,
    )  # fmt: skip
    alert = Alert(
        rule="long queue",
        subject="quick",
        severity="critical",
        value=0.5,
        threshold=0.2,
        since=Beginning.began,
    )
    notice = Notice("raised", one_rule, alert)
    assert subject_of(notice) == "[CRITICAL] quick: long queue"
    message = message_of(notice)
    body = message["body"]
    assert "Measured 50%, allowed 20%." in body
    assert "app.pay, job j1, attempt 3" in body
    assert "Timeout: no answer (it may be retried)" in body
    assert "What to do: Add workers." in body
    assert "Guide: /alerts/guide#failure_share" in body
    assert (message["data"]["value"], message["data"]["guide"]) == (0.5, "/alerts/guide#failure_share")
    assert message["data"]["evidence"] == {
        "what": "failed", "jobId": "j1", "task": "app.pay", "attempts": 3, "errorType": "Timeout", "error": "no answer",
        "retryable": True, "at": f"{Beginning.began:%Y-%m-%dT%H:%M:%SZ}", "correlationId": "", "deadLetter": ANY,
    }  # fmt: skip


def test_a_stall_is_told_with_the_job_and_the_worker_that_lost_it(one_rule: AlertRule) -> None:
    one_rule.measure = "stalled_in_five_minutes"
    job = make_job("j1", task="app.pay")
    Attempt.objects.create(
        job=job,
        run=2,
        outcome="stalled",
        ended_at=Beginning.began,
        worker="w1@host",
        reason="the pool process died",
    )
    alert = Alert(
        rule="long queue", subject="quick", severity="critical", value=5, threshold=4, since=Beginning.began
    )
    message = message_of(Notice("raised", one_rule, alert))
    assert "Last stalled: app.pay, job j1, run 2 on w1@host" in message["body"]
    assert message["data"]["evidence"]["worker"] == "w1@host"


def test_a_name_of_any_length_and_letters_makes_a_subject_that_notifications_take(
    one_rule: AlertRule,
) -> None:
    alert = Alert(
        rule="long queue",
        subject="s\n" * 150,
        severity="warning",
        value=1,
        threshold=0,
        since=Beginning.began,
    )
    subject = subject_of(Notice("raised", one_rule, alert))
    assert len(subject) == 200
    assert "\n" not in subject


def test_a_rule_whose_recipient_is_refused_keeps_no_other_from_being_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    AlertRule.objects.update(for_seconds=0)
    AlertRule.objects.create(
        name="a first", measure="waiting", subject="quick", threshold=0, channel="pigeon"
    )
    _wait(3)
    evaluate_alert_rules()
    told = {alert.rule: alert.told_at is not None for alert in Alert.objects.all()}
    assert told == {"a first": False, "long queue": True}
    assert "nobody is told of 'a first'" in caplog.text


def test_an_end_that_cannot_be_told_leaves_written_that_somebody_was_told_before(one_rule: AlertRule) -> None:
    AlertRule.objects.update(for_seconds=0)
    _wait(3)
    assert evaluate_alert_rules()["raised"] == ["quick: long queue"]
    AlertRule.objects.update(channel="pigeon")
    _wait(0)
    assert evaluate_alert_rules()["resolved"] == ["quick: long queue"]
    alert = Alert.objects.get()
    assert (alert.state, alert.told_at is not None) == ("resolved", True)


def test_nobody_is_told_of_an_end_while_it_is_silenced() -> None:
    _wait(3)
    _look(0), _look(1)
    silence("long queue", "quick", 3600, "operator")
    _wait(0)
    assert _look(2) == []
    assert Alert.objects.get().state == "resolved"


def test_a_test_stores_nothing(one_rule: AlertRule) -> None:
    assert subject_of(trial_of(one_rule)) == "[TEST] quick: long queue"
    assert not Alert.objects.exists()


@pytest.fixture
def notifications() -> Iterator[str]:
    """A task with the name of notifications' own, as long as the real one is not there."""
    name = "execution.tasks.notifications.send_notification"
    if name in current_app.tasks:
        yield name
        return

    @shared_task(name=name)
    def send_notification(
        channel: str, recipient: str, subject: str, body: str, idempotency_key: str
    ) -> None:
        """Nothing."""

    current_app.tasks[name]
    yield name
    current_app.tasks.pop(name)


def test_the_task_enqueues_one_message_for_each_alert_and_one_for_its_end(notifications: str) -> None:
    AlertRule.objects.update(for_seconds=0)
    _wait(3)
    assert evaluate_alert_rules() == {"raised": ["quick: long queue"], "resolved": []}
    assert evaluate_alert_rules() == {"raised": [], "resolved": []}
    message: dict[str, Any] = Job.objects.get(task=notifications).kwargs
    assert message["subject"] == "[WARNING] quick: long queue"
    assert (message["channel"], message["idempotency_key"]) == (
        "log",
        f"alert:{Alert.objects.get().pk}:raised",
    )
    Job.objects.filter(queue="quick").delete()
    assert evaluate_alert_rules() == {"raised": [], "resolved": ["quick: long queue"]}
    assert Job.objects.filter(task=notifications).count() == 2


def test_without_notifications_alerts_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    AlertRule.objects.update(for_seconds=0)
    _wait(3)
    if "execution.tasks.notifications.send_notification" not in current_app.tasks:
        evaluate_alert_rules()
        assert "[WARNING] quick: long queue" in caplog.text
