"""/queues/{queue}/dlq: dead letters, and what is done with them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from ninja.responses import Status

from jobs import dead_letters
from jobs.configuration import queue_book
from jobs.errors import NotFound
from jobs.http import represent
from jobs.http.answers import Failure, LetterPage, LetterStats, Started
from jobs.http.auth import must_operate
from jobs.http.routes_jobs import PROBLEMS
from jobs.http.schemas import Discard, LetterFilter, RowId, Text
from jobs.models import DeadLetter
from jobs.queries.failures import count_letters, find_letters
from jobs.store.insert import Enqueued

router = Router(by_alias=True, tags=["dead letters"])

QueueName = Annotated[Text, Path(description="Hyphens and underscores mean the same.")]
LetterId = Annotated[RowId, Path(description="The dead letter's number.")]


@router.get("", response={200: LetterPage, **PROBLEMS})
def list_letters(request: HttpRequest, queue: QueueName, wanted: Query[LetterFilter]) -> LetterPage:
    """The queue's dead letters, newest first, a page at a time."""
    name = queue_book().get(queue).name
    rows, following = find_letters(name, wanted.cursor, wanted.limit, resolved=wanted.resolved)
    return LetterPage(items=[represent.failure(row) for row in rows], next=following)


@router.get("/stats", response={200: LetterStats, **PROBLEMS})
def stats(request: HttpRequest, queue: QueueName) -> LetterStats:
    """Open dead letters: retryable against not, by error, by day."""
    counts = count_letters(queue_book().get(queue).name)
    return LetterStats(
        total=counts.total,
        retryable=counts.retryable,
        not_retryable=counts.total - counts.retryable,
        by_error=counts.by_error,
        by_day=counts.by_day,
    )


@router.post("/{letter_id}/retry", response={202: Started, **PROBLEMS})
def retry(
    request: HttpRequest, response: HttpResponse, queue: QueueName, letter_id: LetterId
) -> Status[Started]:
    """Run the job again, with all its attempts, and close the letter; 409 when that was done already."""
    user = must_operate(request)
    letter = _letter(queue, letter_id)
    uid = dead_letters.retry(letter.pk, str(user))
    started = represent.started(Enqueued(uid, created=uid != letter.job_uid))
    response["Location"] = started.links.self
    return Status(202, started)


@router.post("/{letter_id}/discard", response={200: Failure, **PROBLEMS})
def discard(request: HttpRequest, queue: QueueName, letter_id: LetterId, body: Discard) -> Failure:
    """Close the letter for good, with a reason; 409 when it is closed already."""
    user = must_operate(request)
    dead_letters.discard(_letter(queue, letter_id).pk, body.reason, str(user))
    return represent.failure(_letter(queue, letter_id))


def _letter(queue: str, letter_id: int) -> DeadLetter:
    """The letter, in the queue that the address names."""
    letter = dead_letters.get_letter(letter_id)
    if letter.queue != queue_book().get(queue).name:
        raise NotFound(f"There is no dead letter {letter_id} in {queue}.")
    return letter
