"""Changing a job that has not started: its priority, its delay, its payload."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from jobs import audit
from jobs.configuration import leader_lease
from jobs.edits import edited
from jobs.errors import IllegalMove, NotFound, OptionRefused, Unavailable
from jobs.fence import leases
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.models import Job
from jobs.priority import parse_priority
from jobs.store.changes import set_delay, set_priority
from jobs.store.payloads import replace_payload
from jobs.wake import tell

_CHANGEABLE = ("waiting", "delayed", "blocked")
_LONGEST = 10 * 365 * 86_400.0


def change(
    uid: str,
    *,
    priority: int | str | None = None,
    delay: float | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """All that is given, or nothing. `delay` is in seconds from now, 0 is now.

    Raises NotFound; IllegalMove when the job runs or ended; Unavailable when it may be released and Redis
    does not answer; a `Refused` error for values that make no sense. A job that was released already is
    taken back: with a new delay or payload it waits a few seconds until nobody can start it as it was.
    """
    level = None if priority is None else _level(priority)
    if delay is not None and not 0 <= delay <= _LONGEST:
        raise OptionRefused("delay", "must be between 0 seconds and ten years")
    with transaction.atomic():
        job = _locked(uid)
        if job.state == "waiting":
            _withdraw(job, 0.0 if data is None and delay is None else leader_lease() + 1.0)
        if data is not None:
            replace_payload(uid, edited(job, data))
        if level is not None:
            set_priority(uid, level)
        if delay is not None:
            set_delay(uid, delay)
        _record(uid, level, delay, data)
    transaction.on_commit(partial(tell, job.queue, "enqueued", uid, {"reason": "changed"}), robust=True)


def _level(priority: int | str) -> int:
    try:
        return parse_priority(priority)
    except ValueError as error:
        raise OptionRefused("priority", str(error)) from None


def _locked(uid: str) -> Job:
    job = Job.objects.select_for_update().filter(uid=uid).first()
    if job is None:
        raise NotFound(f"There is no job {uid!r}.")
    if job.state not in _CHANGEABLE:
        raise IllegalMove(f"A job that is {job.state} cannot be changed.")
    return job


def _withdraw(job: Job, seconds: float) -> None:
    """No claim can start it from here on, nor any release for `seconds`.

    A leader that read the row before may write a ticket as long as its lease lasts, so that is how long
    a job must be held whose message would carry an old payload or come too early.
    """
    try:
        withdrawn = leases.withdraw(client(), job.queue, job.uid, seconds)
    except REDIS_ERRORS as error:
        raise Unavailable("Redis does not answer; the job was not changed.") from error
    if not withdrawn:
        raise IllegalMove("The job has just started or ended.")


def _record(uid: str, level: int | None, delay: float | None, data: Mapping[str, Any] | None) -> None:
    given = {"priority": level, "delay": delay, "edited": None if data is None else sorted(data)}
    told: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    audit.record("change", f"job {uid}", None, **told)
