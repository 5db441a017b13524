"""Many dead letters retried at a chosen rate: a canary first, then the others, if the canary completes.

All state is in the row (see `BulkRetry`): whoever works it off takes one letter at a time under the row's
lock, so that a restart, or two workers at once, neither skip a letter nor retry one twice.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from jobs import audit
from jobs.configuration import queue_book
from jobs.dead_letters import run_again
from jobs.errors import IllegalMove, JobError, NotFound, OptionRefused
from jobs.models import BulkRetry, DeadLetter, Job
from jobs.names import resolve_task

MOST_CANARIES, HIGHEST_RATE = 5, 1000.0
_TASK = "jobs.tasks.work_off_bulk_retry"
_CANARY_POLL = 0.5  # seconds between looks at the canaries


@dataclass(frozen=True)
class Choice:
    """Which open letters: every field that is given must fit; `failed_before` and `_after` are ISO 8601."""

    error_type: str | None = None
    fingerprint: str | None = None
    task: str | None = None
    tag: str | None = None
    retryable: bool | None = None
    failed_after: str | None = None
    failed_before: str | None = None

    def letters(self, queue: str) -> "QuerySet[DeadLetter]":
        """The open letters that fit, of one queue or (with an empty name) of all."""
        wanted = {
            "queue": queue or None,
            "error_type": self.error_type,
            "fingerprint": self.fingerprint,
            "tags__contains": [self.tag] if self.tag else None,
            "retryable": self.retryable,
            "failed_at__gte": self.failed_after and datetime.fromisoformat(self.failed_after),
            "failed_at__lt": self.failed_before and datetime.fromisoformat(self.failed_before),
        }
        given = {name: value for name, value in wanted.items() if value is not None}
        rows = DeadLetter.objects.filter(resolution="", **given)
        name = (self.task or "").replace("-", "_")
        return rows.filter(Q(task=name) | Q(task__endswith=f".{name}")) if name else rows


def start(queue: str, choice: Choice, rate: float, canary: int, by: str) -> BulkRetry:
    """Begin a bulk retry of what is open now. OptionRefused for a rate or canary out of bounds, NotFound
    when nothing matches."""
    if not 0 < rate <= HIGHEST_RATE:
        raise OptionRefused("rate", f"must be more than 0 and at most {HIGHEST_RATE:g} letters a second")
    if not 0 <= canary <= MOST_CANARIES:
        raise OptionRefused("canary", f"must be from 0 to {MOST_CANARIES}")
    letters = choice.letters(queue_book().part(queue).name if queue else "")
    with transaction.atomic():
        last = letters.aggregate(last=Max("id"))["last"]
        if last is None:
            raise NotFound("No open dead letter matches.")
        now = timezone.now()
        bulk = BulkRetry.objects.create(
            state="canary" if canary else "running", queue=queue and queue_book().part(queue).name,
            chosen=vars(choice), rate=rate, canary=canary, total=letters.filter(id__lte=last).count(),
            last_letter=last, next_at=now, created_at=now, created_by=by or audit.current_actor(),
        )  # fmt: skip
        resolve_task(_TASK).enqueue(bulk=bulk.pk)
        what = {name: value for name, value in vars(choice).items() if value is not None}
        told = what | {"queue": bulk.queue, "rate": rate, "canary": canary, "letters": bulk.total}
        audit.record("start bulk retry", f"bulk retry {bulk.pk}", **told)
    return bulk


def stop(bulk_id: int, by: str = "") -> BulkRetry:
    """Let the letters that are left stay open. IllegalMove when it ended already."""
    with transaction.atomic():
        bulk = _locked(bulk_id)
        if not bulk.open:
            raise IllegalMove(f"Bulk retry {bulk_id} has {bulk.state} already.")
        _end(bulk, "stopped", f"stopped by {by or audit.current_actor()}")
        audit.record("stop bulk retry", f"bulk retry {bulk_id}")
    return bulk


def get_bulk_retry(bulk_id: int) -> BulkRetry:
    """The bulk retry. NotFound when there is none."""
    bulk = BulkRetry.objects.filter(pk=bulk_id).first()
    if bulk is None:
        raise NotFound(f"There is no bulk retry {bulk_id}.")
    return bulk


def work_off(bulk_id: int, seconds: float) -> float | None:
    """Go on for about so many seconds; answers in how many to come back, None when there is no more."""
    until = time.monotonic() + seconds
    while True:
        wait = step(bulk_id)
        if wait is None or time.monotonic() + wait > until:
            return wait
        time.sleep(wait)


def step(bulk_id: int) -> float | None:
    """Retry the next letter, or find out why not: seconds until the next step, None when there is none."""
    with transaction.atomic():
        bulk = _locked(bulk_id)
        if not bulk.open:
            return None
        wait = (bulk.next_at - timezone.now()).total_seconds()
        if wait > 0:
            return wait
        letter = _next_letter(bulk)
        if bulk.state == "canary" and (letter is None or len(bulk.canaries) >= bulk.canary):
            return _after_canary(bulk)
        if letter is None:
            _end(bulk, "finished", "")
            return None
        _retry(bulk, letter)
        return max(0.0, (bulk.next_at - timezone.now()).total_seconds())


def judge(states: Sequence[str]) -> bool | None:
    """Whether the canaries all completed; None while none failed and some are under way."""
    if any(state in {"failed", "cancelled"} for state in states):
        return False
    return True if all(state == "completed" for state in states) else None


def _after_canary(bulk: BulkRetry) -> float | None:
    states = _states(bulk.canaries)
    verdict = judge(list(states.values()))
    if verdict is None:
        return _CANARY_POLL
    if verdict:
        bulk.state = "running"
        bulk.save(update_fields=["state"])
        return 0.0
    ill = next(uid for uid, state in states.items() if state in {"failed", "cancelled"})
    _end(bulk, "stopped", f"the canary {ill} is {states[ill]}")
    return None


def _states(uids: Sequence[str]) -> dict[str, str]:
    """Where the canaries are. A row that was pruned had ended: badly if it left an open letter."""
    found = dict(Job.objects.filter(uid__in=uids).values_list("uid", "state"))
    ill = set(DeadLetter.objects.filter(job_uid__in=uids, resolution="").values_list("job_uid", flat=True))
    return {uid: found.get(uid) or ("failed" if uid in ill else "completed") for uid in uids}


def _next_letter(bulk: BulkRetry) -> int | None:
    letters = Choice(**bulk.chosen).letters(bulk.queue).filter(id__gt=bulk.cursor, id__lte=bulk.last_letter)
    return letters.order_by("id").values_list("id", flat=True).first()


def _retry(bulk: BulkRetry, letter: int) -> None:
    try:
        with transaction.atomic():
            uid = run_again(letter, f"{bulk.created_by[:100]} (bulk retry {bulk.pk})")
        bulk.retried += 1
        if bulk.state == "canary":
            bulk.canaries = [*bulk.canaries, uid]
    except JobError:
        bulk.refused += 1  # its letter is open still, and was dealt with or says why when asked alone
    bulk.cursor = letter
    bulk.next_at = max(bulk.next_at, timezone.now() - timedelta(seconds=1)) + timedelta(seconds=1 / bulk.rate)
    bulk.save(update_fields=["retried", "refused", "canaries", "cursor", "next_at"])


def _end(bulk: BulkRetry, state: str, reason: str) -> None:
    bulk.state, bulk.reason, bulk.finished_at = state, reason, timezone.now()
    bulk.save(update_fields=["state", "reason", "finished_at"])


def _locked(bulk_id: int) -> BulkRetry:
    bulk = BulkRetry.objects.select_for_update().filter(pk=bulk_id).first()
    if bulk is None:
        raise NotFound(f"There is no bulk retry {bulk_id}.")
    return bulk


def shown(bulk: BulkRetry) -> dict[str, Any]:
    """A bulk retry as faces tell it."""
    return {
        "id": bulk.pk, "state": bulk.state, "queue": bulk.queue, "rate": bulk.rate, "canary": bulk.canary,
        "total": bulk.total, "retried": bulk.retried, "refused": bulk.refused, "reason": bulk.reason,
        "created_by": bulk.created_by, "created_at": bulk.created_at, "finished_at": bulk.finished_at,
    }  # fmt: skip
