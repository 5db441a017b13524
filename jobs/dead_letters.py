"""What an operator does with a dead letter: retry it, discard it."""

from dataclasses import replace
from typing import Any

from django.db import transaction

from jobs.dedup import dedup_from_plain
from jobs.enqueue import enqueue, prepare
from jobs.errors import IllegalMove, NotFound
from jobs.models import DeadLetter
from jobs.names import resolve_task
from jobs.payloads import brought_up, stored_version
from jobs.retry import from_plain
from jobs.store import dead_letters, moves
from jobs.store.dead_letters import DISCARDED, RETRIED


def retry(letter_id: int, by: str = "") -> str:
    """Run a letter's job again and close the letter, both or neither; answers with the job's id.

    The job itself goes back to waiting. When its row was pruned, a new job is enqueued from the letter,
    with an id of its own: a run number must not come twice. Raises NotFound; IllegalMove when the letter
    is closed or its job lives; a `Refused` error when a pruned job's payload does not fit this build.
    """
    letter = get_letter(letter_id)
    with transaction.atomic():
        state = dead_letters.lock_job(letter.job_uid)
        dead_letters.resolve(letter_id, RETRIED, by)
        if state is None:
            return _enqueue_again(letter)
        moves.retry(letter.job_uid)
        return letter.job_uid


def discard(letter_id: int, reason: str, by: str = "") -> None:
    """Close a letter for good, with the reason in its note. NotFound; IllegalMove when it is closed."""
    dead_letters.resolve(letter_id, DISCARDED, by, reason)


def get_letter(letter_id: int) -> DeadLetter:
    """The letter. NotFound when there is none."""
    letter = DeadLetter.objects.filter(pk=letter_id).first()
    if letter is None:
        raise NotFound(f"There is no dead letter {letter_id}.")
    return letter


def _enqueue_again(letter: DeadLetter) -> str:
    task = resolve_task(letter.task)
    payload = brought_up(task, letter.kwargs, stored_version(letter.options))
    job = prepare(task, letter.args, payload, _options(letter))
    answer = enqueue(replace(job, dedup=None, idempotent_for=None))  # it may not replace a newer payload
    if not answer.created:
        raise IllegalMove(f"Job {answer.uid} is live and does the same; the letter stays open.")
    return answer.uid


def _options(letter: DeadLetter) -> dict[str, Any]:
    kept = dict(letter.options)
    strategy, mode = kept.pop("strategy", None), kept.pop("unique", None)
    return kept | {
        "strategy": from_plain(strategy) if strategy else None,
        "unique": dedup_from_plain(mode) if mode else None,
        "queue": letter.queue,
        "priority": letter.priority,
        "tags": letter.tags,
        "correlation_id": letter.correlation_id,
    }
