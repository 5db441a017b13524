"""Reads of one job."""

from collections.abc import Collection
from typing import Any

from celery import states as celery_states
from django_celery_results.models import TaskResult

from jobs.errors import NotFound
from jobs.models import Job
from jobs.states import TERMINAL, State

_IN_CELERYS_WORDS = {
    State.ACTIVE: celery_states.STARTED,
    State.COMPLETED: celery_states.SUCCESS,
    State.FAILED: celery_states.FAILURE,
    State.CANCELLED: celery_states.REVOKED,
}


def get_job(uid: str) -> Job:
    """The job. NotFound when there is none."""
    try:
        return Job.objects.get(uid=uid)
    except Job.DoesNotExist:
        raise NotFound(f"There is no job {uid!r}.") from None


def celery_state(uid: str) -> tuple[str, Any]:
    """The job's state in Celery's vocabulary, and what it last told of its progress while it runs.

    NotFound when there is no such job.
    """
    row = Job.objects.filter(uid=uid).values_list("state", "attempt", "progress_detail").first()
    if row is None:
        raise NotFound(f"There is no job {uid!r}.")
    state, attempt, detail = row
    return _celerys_word(state, attempt), detail if state == State.ACTIVE else None


def _celerys_word(state: str, attempt: int) -> str:
    if state in {State.WAITING, State.DELAYED} and attempt > 0:
        return str(celery_states.RETRY)
    return str(_IN_CELERYS_WORDS.get(State(state), celery_states.PENDING))


def queue_and_state(uid: str) -> tuple[str, State] | None:
    """Where a job is; None when there is none (yet)."""
    row = Job.objects.filter(uid=uid).values_list("queue", "state").first()
    return (row[0], State(row[1])) if row else None


def is_finished(uid: str) -> bool:
    """Whether the job reached a terminal state; see `finished_among`."""
    return uid in finished_among([uid])


def finished_among(uids: Collection[str]) -> set[str]:
    """Those of these jobs that reached a terminal state.

    A chain's step whose forerunner failed, or the body of a failed chord, never was a job: it has a result.
    """
    states = dict(Job.objects.filter(uid__in=uids).values_list("uid", "state"))
    ended = {uid for uid, state in states.items() if state in TERMINAL}
    strangers = [uid for uid in uids if uid not in states]
    if not strangers:
        return ended
    told = TaskResult.objects.filter(task_id__in=strangers, status__in=celery_states.READY_STATES)
    return ended.union(told.values_list("task_id", flat=True))
