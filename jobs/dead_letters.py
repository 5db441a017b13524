"""What an operator does with a dead letter: retry it, discard it."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from jobs import audit
from jobs.dedup import dedup_from_plain
from jobs.edits import edited
from jobs.enqueue import enqueue, prepare
from jobs.errors import IllegalMove, NotFound
from jobs.models import DeadLetter, Job
from jobs.names import resolve_task
from jobs.payloads import VERSION, stored_version
from jobs.retry import from_plain
from jobs.store import dead_letters, moves
from jobs.store.dead_letters import DISCARDED, RETRIED
from jobs.store.payloads import replace_payload


def retry(letter_id: int, by: str = "", data: Mapping[str, Any] | None = None) -> str:
    """Run a letter's job again and close the letter, both or neither; answers with the job's id.

    The job itself goes back to waiting. When its row was pruned, a new job is enqueued from the letter,
    with an id of its own: a run number must not come twice. `data` is an edited payload, by field. Raises
    NotFound; IllegalMove when the letter is closed, its job lives, or another live job has its unique key;
    a `Refused` error when the payload does not fit.
    """
    with transaction.atomic():
        uid = run_again(letter_id, by, data)
        changed: dict[str, Any] = {} if data is None else {"edited": sorted(data)}
        audit.record("retry dead letter", f"dead letter {letter_id}", None, job=uid, **changed)
    return uid


def run_again(letter_id: int, by: str, data: Mapping[str, Any] | None = None) -> str:
    """What `retry` does, for callers that are no operators: nothing is recorded."""
    letter = get_letter(letter_id)
    with transaction.atomic():
        state = dead_letters.lock_job(letter.job_uid)
        dead_letters.resolve(letter_id, RETRIED, by)
        if state is None:
            uid = _enqueue_again(letter, data)
        else:
            uid = letter.job_uid
            if data is not None:
                replace_payload(uid, edited(Job.objects.get(uid=uid), data))
            moves.wait_again(uid)
        dead_letters.mark_retried(letter_id, uid)
    return uid


def discard(letter_id: int, reason: str, by: str = "") -> None:
    """Close a letter for good, with the reason in its note. NotFound; IllegalMove when it is closed."""
    with transaction.atomic():
        dead_letters.resolve(letter_id, DISCARDED, by, reason)
        audit.record("discard dead letter", f"dead letter {letter_id}", reason=reason)


def purge(older_than: float, queue: str = "") -> int:
    """Delete the letters that failed more than `older_than` seconds ago, open or not; answers how many."""
    deleted = dead_letters.purge(older_than, [queue] if queue else [])
    target = f"queue {queue}" if queue else "every queue"
    audit.record("purge dead letters", target, older_than=older_than, deleted=deleted)
    return deleted


def get_letter(letter_id: int) -> DeadLetter:
    """The letter. NotFound when there is none."""
    letter = DeadLetter.objects.filter(pk=letter_id).first()
    if letter is None:
        raise NotFound(f"There is no dead letter {letter_id}.")
    return letter


def _enqueue_again(letter: DeadLetter, data: Mapping[str, Any] | None) -> str:
    task, options = resolve_task(letter.task), _options(letter)
    if data is None:
        job = prepare(task, letter.args, letter.kwargs, options)
        job = replace(job, unique_key=letter.unique_key or job.unique_key)
    else:
        changed = asdict(edited(letter, data))
        options[VERSION] = changed.pop("version")
        job = replace(prepare(task, letter.args, letter.kwargs, options, check=False), **changed)
    answer = enqueue(replace(job, dedup=None, idempotent_for=None))  # it may not replace a newer payload
    if not answer.created:
        raise IllegalMove(f"Job {answer.uid} is live and does the same; the letter stays open.")
    return answer.uid


def _options(letter: DeadLetter) -> dict[str, Any]:
    kept = dict(letter.options)
    strategy, mode = kept.pop("strategy", None), kept.pop("unique", None)
    return kept | {
        VERSION: stored_version(letter.options),
        "strategy": from_plain(strategy) if strategy else None,
        "unique": dedup_from_plain(mode) if mode else None,
        "queue": letter.queue,
        "priority": letter.priority,
        "tags": letter.tags,
        "correlation_id": letter.correlation_id,
    }
