"""Every rule of a new installation fires when what it is about happens, once, and resolves when it is over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.breaker import Circuit, Phase
from jobs.dispatcher.fold import fold
from jobs.dispatcher.log import Log
from jobs.fence import circuits, keys, scripts
from jobs.fence.connection import client
from jobs.histogram import bucket
from jobs.models import DeadLetter, Job, Metric, ScheduledRun, SchedulePolicy
from jobs.store.insert import NewJob, insert_many
from monitoring.measures import situation
from monitoring.models import Alert, AlertRule
from monitoring.rules import create_missing
from monitoring.services.alerts import evaluate
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db

Cure = Callable[[], object]


def _counted(**numbers: object) -> Cure:
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    Metric.objects.create(period="minute", at=minute, queue="quick", task="t", **numbers)
    return Metric.objects.all().delete


def _waiting(count: int) -> Cure:
    insert_many([NewJob(f"j{n}", "quick", "t", "[]", "{}") for n in range(count)])
    return Job.objects.all().delete


def _job(**columns: object) -> Cure:
    make_job("j1", **columns)
    return Job.objects.all().delete


def _running(**columns: object) -> Cure:
    return _job(state="active", runs=1, started_at=datetime.now(UTC) - timedelta(minutes=10), **columns)


def _old() -> Cure:
    cure = _job()
    Job.objects.update(created_at=datetime.now(UTC) - timedelta(minutes=20))
    return cure


def _dead_letters() -> Cure:
    DeadLetter.objects.bulk_create(
        DeadLetter(
            job_uid=f"j{n}", queue="quick", task="t", args=[], kwargs={}, options={}, priority=5, correlation_id="",
            tags=[], error_type="E", error="", traceback="", fingerprint="f", retryable=True, reason="", attempts=1,
            runs=1, failed_at=datetime.now(UTC),
        )
        for n in range(51)
    )  # fmt: skip
    return DeadLetter.objects.all().delete


def _open_breaker() -> Cure:
    circuits.change(client(), "outside", lambda *_: (Circuit(Phase.OPEN, 1_000, 2_000), 0))
    return lambda: circuits.change(client(), "outside", lambda *_: (Circuit(), 0))


def _nobody_leads() -> Cure:
    return lambda: scripts.run(client(), "lead", [keys.leader("quick")], ["somebody", 60_000])


def _unread_log() -> Cure:
    log = Log(client())
    log.open(["quick"])
    client().xadd(keys.events("quick"), {"e": "enqueued"}, id="1-0")

    def read() -> None:
        events = log.read(["quick"], 10, None)
        fold(events)
        log.acknowledge(events)

    return read


def _schedule() -> PeriodicTask:
    interval = IntervalSchedule.objects.create(every=1, period="minutes")
    return PeriodicTask.objects.create(name="tick", task="t", interval=interval)


def _missed() -> Cure:
    now = datetime.now(UTC)
    ScheduledRun.objects.create(schedule=_schedule(), due=now, fired_at=now, outcome="missed")
    return ScheduledRun.objects.all().delete


def _overdue() -> Cure:
    now = datetime.now(UTC)
    SchedulePolicy.objects.create(schedule=_schedule(), next_due=now - timedelta(minutes=3))
    return lambda: SchedulePolicy.objects.update(next_due=now + timedelta(minutes=1))


CAUSES: dict[str, tuple[str, Callable[[], Cure]]] = {
    "jobs fail": ("quick", lambda: _counted(completed=70, failed=30)),
    "most jobs fail": ("quick", lambda: _counted(completed=10, failed=90)),
    "many dead letters": ("quick", _dead_letters),
    "dead letters grow": ("quick", lambda: _counted(failed=26)),
    "long queue": ("quick", lambda: _waiting(501)),
    "old jobs wait": ("quick", _old),
    "stuck jobs": ("quick", _running),
    "slow jobs": ("quick", lambda: _running(progress=0.5, options={"stale_after": 60})),
    "burst of stalls": ("quick", lambda: _counted(stalled=5)),
    "breaker opened": ("outside", _open_breaker),
    "no worker": ("quick", _job),
    "no dispatcher": ("quick", _nobody_leads),
    "dispatcher is behind": ("quick", _unread_log),
    "schedule missed": ("tick", _missed),
    "schedule overdue": ("tick", _overdue),
    "jobs start late": (
        "quick",
        lambda: _counted(waited=40, waits={str(bucket(1)): 26, str(bucket(90)): 14}),
    ),
}


@pytest.fixture
def rules() -> None:
    """Those of a new installation."""
    client().flushall()
    AlertRule.objects.all().delete()
    create_missing()


def test_there_is_a_cause_for_every_rule(rules: None) -> None:
    assert set(AlertRule.objects.values_list("name", flat=True)) == set(CAUSES)


@pytest.mark.parametrize("name", CAUSES)
def test_a_rule_fires_once_and_resolves_once(name: str, rules: None) -> None:
    subject, cause = CAUSES[name]
    AlertRule.objects.exclude(name=name).delete()
    AlertRule.objects.update(subject=subject)
    rule, began = AlertRule.objects.get(), datetime.now(UTC)

    def look(seconds: float) -> list[tuple[str, str]]:
        notices = evaluate(situation(), began + timedelta(seconds=seconds))
        return [(notice.kind, notice.alert.subject) for notice in notices]

    if name != "no dispatcher":  # in an empty Redis nobody leads
        assert look(-60) == []
    cure = cause()
    firsts = [look(0), look(rule.for_seconds - 1)] if rule.for_seconds else []
    assert firsts == [[] for _ in firsts]
    assert look(rule.for_seconds) == [("raised", subject)]
    assert look(rule.for_seconds + 60) == look(rule.for_seconds + 3600) == []
    cure()
    assert look(rule.for_seconds + 3660) == [("resolved", subject)]
    assert look(rule.for_seconds + 3720) == []
    assert Alert.objects.get().state == "resolved"
