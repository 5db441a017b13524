"""Dead letters that are retried by themselves, when and as often as their queue declares."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from jobs.configuration import queue_book
from jobs.dead_letters import run_again
from jobs.errors import IllegalMove, JobError
from jobs.models import DeadLetter
from jobs.queues import Queue
from jobs.retry import Strategy

BY = "automatic retry"
_AT_ONCE = 500  # letters of a queue that one call plans, and that it retries


@dataclass(frozen=True)
class Processed:
    """How many letters were planned, retried, and could not be retried."""

    planned: int
    retried: int
    refused: int


def process(queues: Sequence[str] = ()) -> Processed:
    """Plan the letters that are new and retry those that are due; without `queues`: of every queue."""
    chosen = [part for name in queues for part in queue_book().get(name).parts] or list(queue_book())
    planned = retried = refused = 0
    for queue in chosen:
        if queue.dead_letter_retry is not None:
            planned += _plan(queue, queue.dead_letter_retry)
            done, failed = _retry_due(queue, queue.dead_letter_retry)
            retried, refused = retried + done, refused + failed
    return Processed(planned, retried, refused)


def seconds_until(strategy: Strategy, rounds: int, before: int, draw: float) -> float | None:
    """How long after its failure a letter is retried that had `before` automatic retries; None: no more."""
    return strategy.delay(before + 1, draw) if before < rounds else None


def _plan(queue: Queue, strategy: Strategy) -> int:
    new = DeadLetter.objects.filter(queue=queue.name, resolution="", retryable=True, automatic=None)
    planned = 0
    for letter in new.only("job_uid", "failed_at").order_by("id")[:_AT_ONCE]:
        before = _rounds_before(letter)
        seconds = seconds_until(strategy, queue.dead_letter_rounds, before, random.random())  # noqa: S311 -- jitter
        due = None if seconds is None else letter.failed_at + timedelta(seconds=seconds)
        unplanned = DeadLetter.objects.filter(pk=letter.pk, resolution="", automatic=None)
        planned += unplanned.update(automatic=before, next_retry_at=due)
    return planned


def _rounds_before(letter: DeadLetter) -> int:
    """How many automatic retries led to this failure; a retry by hand starts over."""
    earlier = DeadLetter.objects.filter(retried_as=letter.job_uid, id__lt=letter.pk).order_by("-id")
    last = earlier.values_list("automatic", "resolved_by").first()
    return 0 if last is None or last[1] != BY else (last[0] or 0) + 1


def _retry_due(queue: Queue, strategy: Strategy) -> tuple[int, int]:
    due = DeadLetter.objects.filter(queue=queue.name, resolution="", next_retry_at__lte=timezone.now())
    done = refused = 0
    for letter in due.only("automatic").order_by("next_retry_at")[:_AT_ONCE]:
        try:
            with transaction.atomic():
                run_again(letter.pk, BY)
            done += 1
        except JobError as error:
            _postpone(letter, strategy, error)
            refused += 1
    return done, refused


def _postpone(letter: DeadLetter, strategy: Strategy, error: JobError) -> None:
    """What stands in the way may go away, as a live job with the same key does; bad input does not."""
    later = strategy.delay((letter.automatic or 0) + 1, random.random())  # noqa: S311 -- jitter
    due = timezone.now() + timedelta(seconds=later) if isinstance(error, IllegalMove) else None
    still_open = DeadLetter.objects.filter(pk=letter.pk, resolution="")
    still_open.update(next_retry_at=due, note=f"not retried automatically: {error}")
