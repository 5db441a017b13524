"""/queues/{queue}/dlq: dead letters, and what is done with them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from ninja.responses import Status

from jobs import audit, automatic_retries, bulk_retries, dead_letters
from jobs.configuration import queue_book
from jobs.errors import NotFound
from jobs.http import represent
from jobs.http.answers import (
    PROBLEMS,
    BulkRetryOut,
    Deleted,
    Failure,
    LetterPage,
    LetterStats,
    Processed,
    Started,
)
from jobs.http.auth import must_operate
from jobs.http.routes_jobs import QueueName
from jobs.http.schemas import Discard, LetterFilter, Purge, RetryLetter, RetryLetters, RowId
from jobs.models import BulkRetry, DeadLetter
from jobs.queries.failures import count_letters, find_letters
from jobs.store.insert import Enqueued

router = Router(by_alias=True, tags=["dead letters"])

LetterId = Annotated[RowId, Path(description="The dead letter's number.")]
BulkId = Annotated[RowId, Path(description="The bulk retry's number.")]


@router.get("", response={200: LetterPage, **PROBLEMS})
def list_letters(request: HttpRequest, queue: QueueName, wanted: Query[LetterFilter]) -> LetterPage:
    """The queue's dead letters, newest first, a page at a time."""
    name = queue_book().part(queue).name
    rows, following = find_letters(name, wanted.cursor, wanted.limit, resolved=wanted.resolved)
    return LetterPage(items=[represent.failure(row) for row in rows], next=following)


@router.get("/stats", response={200: LetterStats, **PROBLEMS})
def stats(request: HttpRequest, queue: QueueName) -> LetterStats:
    """Open dead letters: retryable against not, by error, by day."""
    counts = count_letters(queue_book().part(queue).name)
    return LetterStats(
        total=counts.total,
        retryable=counts.retryable,
        not_retryable=counts.total - counts.retryable,
        by_error=counts.by_error,
        by_day=counts.by_day,
    )


@router.post("/{letter_id}/retry", response={202: Started, **PROBLEMS})
def retry(
    request: HttpRequest,
    response: HttpResponse,
    queue: QueueName,
    letter_id: LetterId,
    body: RetryLetter | None = None,
) -> Status[Started]:
    """Run the job again, with all its attempts and, if given, an edited payload, and close the letter; 409
    when that was done already."""
    user = must_operate(request, queue)
    letter = _letter(queue, letter_id)
    uid = dead_letters.retry(letter.pk, str(user), body.data if body else None)
    started = represent.started(Enqueued(uid, created=uid != letter.job_uid))
    response["Location"] = started.links.self
    return Status(202, started)


@router.post("/{letter_id}/discard", response={200: Failure, **PROBLEMS})
def discard(request: HttpRequest, queue: QueueName, letter_id: LetterId, body: Discard) -> Failure:
    """Close the letter for good, with a reason; 409 when it is closed already."""
    user = must_operate(request, queue)
    dead_letters.discard(_letter(queue, letter_id).pk, body.reason, str(user))
    return represent.failure(_letter(queue, letter_id))


@router.post("/process-retries", response={200: Processed, **PROBLEMS})
def process_retries(request: HttpRequest, queue: QueueName) -> Processed:
    """Retry the queue's letters that are due by its own strategy, as happens every minute."""
    must_operate(request, queue)
    name = queue_book().part(queue).name
    processed = automatic_retries.process([name])
    audit.record("process dead-letter retries", f"queue {name}", **vars(processed))
    return Processed(**vars(processed))


@router.post("/retry", response={202: BulkRetryOut, **PROBLEMS})
def retry_many(request: HttpRequest, queue: QueueName, body: RetryLetters) -> Status[BulkRetryOut]:
    """Retry every open letter that fits, at a rate, after a canary; 404 when none does."""
    user = must_operate(request, queue)
    choice = bulk_retries.Choice(
        error_type=body.error_type,
        fingerprint=body.fingerprint,
        task=body.job_name,
        tag=body.tag,
        retryable=body.retryable,
        failed_after=body.failed_after.isoformat() if body.failed_after else None,
        failed_before=body.failed_before.isoformat() if body.failed_before else None,
    )
    name = queue_book().part(queue).name
    bulk = bulk_retries.start(name, choice, body.rate, body.canary, str(user))
    return Status(202, BulkRetryOut(**bulk_retries.shown(bulk)))


@router.get("/bulk/{bulk_id}", response={200: BulkRetryOut, **PROBLEMS})
def read_bulk(request: HttpRequest, queue: QueueName, bulk_id: BulkId) -> BulkRetryOut:
    """How far a bulk retry is."""
    return BulkRetryOut(**bulk_retries.shown(_bulk(queue, bulk_id)))


@router.post("/bulk/{bulk_id}/stop", response={200: BulkRetryOut, **PROBLEMS})
def stop_bulk(request: HttpRequest, queue: QueueName, bulk_id: BulkId) -> BulkRetryOut:
    """Leave the letters that are left; 409 when it has ended already."""
    user = must_operate(request, queue)
    return BulkRetryOut(**bulk_retries.shown(bulk_retries.stop(_bulk(queue, bulk_id).pk, str(user))))


@router.delete("/purge", response={200: Deleted, **PROBLEMS})
def purge(request: HttpRequest, queue: QueueName, wanted: Query[Purge]) -> Deleted:
    """Delete the queue's letters that failed more than so many days ago, open or not."""
    must_operate(request, queue)
    name = queue_book().part(queue).name
    return Deleted(deleted=dead_letters.purge(wanted.older_than_days * 86_400.0, name))


def _bulk(queue: str, bulk_id: int) -> BulkRetry:
    """The bulk retry, in the queue that the address names."""
    bulk = bulk_retries.get_bulk_retry(bulk_id)
    if bulk.queue != queue_book().part(queue).name:
        raise NotFound(f"There is no bulk retry {bulk_id} in {queue}.")
    return bulk


def _letter(queue: str, letter_id: int) -> DeadLetter:
    """The letter, in the queue that the address names."""
    letter = dead_letters.get_letter(letter_id)
    if letter.queue != queue_book().part(queue).name:
        raise NotFound(f"There is no dead letter {letter_id} in {queue}.")
    return letter
