"""What is done with dead letters: retried or discarded, one or many, by whom."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from celery import current_app
from django.db import transaction
from django.utils import timezone

from jobs.enqueue import enqueue, prepare
from jobs.errors import IllegalMove, NotFound, Refused, UnknownName
from jobs.models import DeadLetter
from jobs.retry import from_plain
from jobs.store import moves


@dataclass(frozen=True)
class Dealt:
    """What became of the chosen letters: how many were dealt with, and why others were not."""

    done: int
    refused: dict[str, str] = field(default_factory=dict)  # job id -> reason


def retry_letters(letters: Iterable[DeadLetter], by: str) -> Dealt:
    """Let the jobs run again, with all their attempts. A job whose row is gone is written anew."""
    done, refused = 0, {}
    for letter in letters:
        try:
            with transaction.atomic():
                _retry(letter, by)
            done += 1
        except (IllegalMove, Refused) as error:
            refused[letter.job_uid] = str(error)
    return Dealt(done, refused)


def discard_letters(letters: Iterable[DeadLetter], by: str, note: str = "") -> Dealt:
    """Close the letters without running anything."""
    done, refused = 0, {}
    for letter in letters:
        if _resolve(letter, "discarded", by, note):
            done += 1
        else:
            refused[letter.job_uid] = "It has been dealt with already."
    return Dealt(done, refused)


def _retry(letter: DeadLetter, by: str) -> None:
    if not _resolve(letter, "retried", by, ""):
        raise IllegalMove("It has been dealt with already.")
    try:
        moves.retry(letter.job_uid)
    except NotFound:
        _enqueue_again(letter)


def _resolve(letter: DeadLetter, resolution: str, by: str, note: str) -> bool:
    """Guarded, so that two operators at once deal with a letter once."""
    still_open = DeadLetter.objects.filter(pk=letter.pk, resolution="")
    return bool(
        still_open.update(resolution=resolution, resolved_at=timezone.now(), resolved_by=by, note=note)
    )


def _enqueue_again(letter: DeadLetter) -> None:
    """The job's row was removed by retention; the letter has all that is needed to write it again."""
    current_app.loader.import_default_modules()
    task = current_app.tasks.get(letter.task)
    if task is None:
        raise UnknownName("task", letter.task, list(current_app.tasks))
    options = {
        **letter.options,
        "task_id": letter.job_uid,
        "queue": letter.queue,
        "priority": letter.priority,
        "correlation_id": letter.correlation_id,
        "tags": letter.tags,
    }
    if "strategy" in options:
        options["strategy"] = from_plain(options["strategy"])
    enqueue(prepare(task, letter.args, letter.kwargs, options))
