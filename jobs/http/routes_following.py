"""/jobs/{id}: wait for its end; its events and its log."""

import asyncio
import time
from collections.abc import Iterator
from typing import Annotated, Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db import connections
from django.http import HttpRequest
from ninja import Query, Router
from redis import ResponseError

from jobs.fence import keys
from jobs.fence.connection import client
from jobs.fence.events import MalformedEvent, parse
from jobs.http import represent
from jobs.http.answers import PROBLEMS, EventPage, JobDetail
from jobs.http.routes_jobs import Uid
from jobs.http.schemas import EventFilter
from jobs.models import Job
from jobs.queries import get_job
from jobs.queries.details import Facts, facts_of
from jobs.socket.cursors import Cursor
from jobs.socket.hub import hub
from jobs.socket.messages import Message, of_event

router = Router(by_alias=True, tags=["jobs"])

_POLL = 1.0  # seconds between looks at the row when no announcement comes
_SCANNED = 10_000  # entries of a queue's log that one request looks through
_PAGE = 1000


@router.get("/{uid}/wait", response={200: JobDetail, **PROBLEMS})
async def wait(
    request: HttpRequest,
    uid: Uid,
    timeout: Annotated[float, Query(ge=0, le=60)] = 30.0,
) -> JobDetail:
    """Answer when the job has ended, or after `timeout` seconds (60 at most): `finished` tells which."""
    deadline = time.monotonic() + timeout
    job = await sync_to_async(get_job)(uid)
    if not job.finished and timeout > 0:
        await sync_to_async(connections.close_all)()  # a request that waits must not hold one
        async with hub().listening() as listening, listening.end_of(uid) as ended:
            while not job.finished and (left := deadline - time.monotonic()) > 0:
                await _either(ended, min(left, _POLL))
                job = await _get_job_in_a_shared_thread(uid)
    return await sync_to_async(represent.job_detail)(job)


@router.get("/{uid}/events", response={200: EventPage, **PROBLEMS})
def events(request: HttpRequest, uid: Uid, wanted: Query[EventFilter]) -> EventPage:
    """The job's events after a cursor, in the words of the WebSocket; the log keeps them for a while."""
    return _page(get_job(uid), wanted, log_only=False)


@router.get("/{uid}/logs", response={200: EventPage, **PROBLEMS})
def logs(request: HttpRequest, uid: Uid, wanted: Query[EventFilter]) -> EventPage:
    """The lines that the job wrote, after a cursor; the log keeps them for a while."""
    return _page(get_job(uid), wanted, log_only=True)


_get_job_in_a_shared_thread = database_sync_to_async(get_job, thread_sensitive=False)


async def _either(ended: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    except TimeoutError:
        return
    ended.clear()


def _page(job: Job, wanted: EventFilter, *, log_only: bool) -> EventPage:
    """Look through the queue's log from the cursor, or from the job's creation, to the job's end."""
    begin = Cursor(int(job.created_at.timestamp() * 1000)).before()
    after = max(begin, Cursor.parse(wanted.after)) if wanted.after else begin
    gap = _lost(job.queue, after)
    facts = facts_of([job.uid]).get(job.uid)
    found: list[Message] = []
    for scanned, (cursor, fields) in enumerate(_entries(job, after), 1):
        after = Cursor.parse(cursor)
        if fields.get("j") == job.uid and (not log_only or fields.get("e") == "log"):
            found += _told(job.queue, cursor, fields, facts)
        if len(found) >= wanted.limit or scanned >= _SCANNED:
            return EventPage(events=found, cursor=str(after), more=True, gap=gap)
    return EventPage(events=found, cursor=str(after), more=False, gap=gap)


def _told(queue: str, cursor: str, fields: dict[str, str], facts: Facts | None) -> list[Message]:
    try:
        return of_event(parse(queue, cursor, fields), facts)
    except MalformedEvent:  # the dispatcher reports it
        return []


def _entries(job: Job, after: Cursor) -> Iterator[tuple[str, dict[str, str]]]:
    last = "+" if job.finished_at is None else str(int(job.finished_at.timestamp() * 1000) + 1000)
    start = f"({after}"
    while page := _read(job.queue, start, last):
        yield from page
        start = f"({page[-1][0]}"


def _read(queue: str, start: str, last: str) -> list[tuple[str, dict[str, str]]]:
    answer: Any = client().xrange(keys.events(queue), start, last, count=_PAGE)
    return list(answer or [])


def _lost(queue: str, after: Cursor) -> bool:
    """Whether entries after the cursor may have been trimmed."""
    try:
        told: Any = client().xinfo_stream(keys.events(queue))
    except ResponseError:  # there is no log yet
        return False
    first = told["first-entry"]
    trimmed = int(told.get("entries-added", told["length"])) > int(told["length"])
    return trimmed and (first is None or Cursor.parse(str(first[0])) > after)
