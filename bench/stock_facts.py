"""What a run of stock Celery left behind, as the facts that the chaos checker judges."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django_celery_results.models import TaskResult

from jobs.chaos import invariants
from jobs.chaos.facts import AttemptRow, Execution, Facts, JobRow
from jobs.chaos.invariants import Verdict

ENDS = {"SUCCESS": "completed", "FAILURE": "failed", "REVOKED": "cancelled"}
_EXECUTIONS = """
SELECT uid, extract(epoch FROM began)::float8, extract(epoch FROM ended)::float8 FROM chaos_execution ORDER BY id
"""
_MOST = 6  # executions of a job: the first and five retries


def judge(history: Sequence[Mapping[str, Any]]) -> list[Verdict]:
    """The promises that Celery has a notion of. A job's own marks stand for the history that it does not keep."""
    facts = _collect(history)
    return [
        invariants.one_terminal_state(facts),
        invariants.one_outcome(facts),
        invariants.overlapping_runs(facts),
        invariants.flows(facts),
        invariants.delays(facts),
        _attempts(facts),
        invariants.cancelled(facts),
        _transactions(facts),
    ]


def _collect(history: Sequence[Mapping[str, Any]]) -> Facts:
    facts = Facts(history)
    asked = {uid: line for line in history if line["event"] == "asked" for uid in line["uids"]}
    facts.kinds = {uid: line["kind"] for uid, line in asked.items()}
    facts.executions = _executions()
    facts.attempts = {
        uid: [
            AttemptRow(uid, e.run, "completed" if e.ended else "retried", e.began, e.ended or e.began)
            for e in executions
        ]
        for uid, executions in facts.executions.items()
    }
    states = {uid: ENDS.get(state, state) for uid, state in _results()}
    states |= {uid: "running" for uid in facts.executions if uid not in states}
    states |= {uid: "cancelled" for uid in facts.answered("cancelled") if uid not in states}
    facts.jobs = {
        uid: _job(uid, state, asked[uid]["at"], facts.executions.get(uid, []))
        for uid, state in states.items()
        if uid in asked
    }
    return facts


def _results() -> list[tuple[str, str]]:
    return list(TaskResult.objects.values_list("task_id", "status"))


def _executions() -> dict[str, list[Execution]]:
    found: dict[str, list[Execution]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_EXECUTIONS)
        for uid, began, ended in cursor.fetchall():
            found[uid].append(Execution(uid, len(found[uid]) + 1, began, ended))
    return found


def _job(uid: str, state: str, created: float, executions: Sequence[Execution]) -> JobRow:
    finished = min((e.ended for e in executions if e.ended), default=None)
    return JobRow(uid, "", state, created, None, finished, len(executions), len(executions), 0, 0)


def _attempts(facts: Facts) -> Verdict:
    offenders = [f"{job.uid}: {job.attempt} executions" for job in facts.jobs.values() if job.attempt > _MOST]
    offenders += [
        f"{job.uid}: {facts.kinds[job.uid]}, {job.state}"
        for job in facts.of_kind("poison", "doomed")
        if job.state != "failed"
    ]
    promise = "attempts never exceed the maximum; poison ends"
    return Verdict(11, promise, len(facts.jobs), offenders)


def _transactions(facts: Facts) -> Verdict:
    """A publish that fails after the commit leaves a caller with its rows and without its job."""
    verdict = invariants.transactions(facts)
    refused = [f"{uid}: committed, and its publish failed" for uid in facts.answered("refused")]
    return replace(verdict, checked=verdict.checked + len(refused), offenders=[*verdict.offenders, *refused])
