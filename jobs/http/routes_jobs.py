"""/jobs: start, find, read, and change single jobs."""

from typing import Annotated

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from ninja.responses import Status

from jobs import audit, changes
from jobs.configuration import queue_book
from jobs.explaining import as_plain
from jobs.http import represent, starting
from jobs.http.answers import PROBLEMS, Explanation, JobDetail, JobPage, ReasonOut, Started, StartedMany
from jobs.http.auth import must_operate
from jobs.http.schemas import Bulk, Change, JobFilter, Start, Text, Trigger
from jobs.queries import get_job
from jobs.queries.explaining import explain_job
from jobs.queries.listing import Wanted, find_jobs
from jobs.store import moves

router = Router(by_alias=True, tags=["jobs"])
queues_router = Router(by_alias=True, tags=["queues"])

QueueName = Annotated[Text, Path(description="Hyphens and underscores mean the same.")]
Uid = Annotated[Text, Path(description="The job's id.")]


@router.post("/trigger", response={202: Started, **PROBLEMS})
def trigger(request: HttpRequest, response: HttpResponse, body: Trigger) -> Status[Started]:
    """Start a job. The answer comes at once; `created` is false when it met one that lives already."""
    must_operate(request, *starting.queues_of([body]))
    with transaction.atomic():
        answer = starting.start(body)
        audit.record("start", f"job {answer.uid}", job=body.job_name, happened=answer.happened)
    started = represent.started(answer)
    response["Location"] = started.links.self
    return Status(202, started)


@queues_router.post("/{queue}/jobs", response={202: Started, **PROBLEMS})
def trigger_on_queue(
    request: HttpRequest, response: HttpResponse, queue: QueueName, body: Start
) -> Status[Started]:
    """Start a job on this queue, whichever it belongs to."""
    name = queue_book().get(queue).name  # 404 when there is none
    return trigger(request, response, Trigger(**dict(body), queue_name=name))


@router.post("/bulk", response={202: StartedMany, **PROBLEMS})
def bulk(request: HttpRequest, body: Bulk) -> Status[StartedMany]:
    """Start many jobs, all or none."""
    must_operate(request, *starting.queues_of(body.jobs))
    with transaction.atomic():
        answers = starting.start_all(body.jobs)
        audit.record("start", f"{len(answers)} jobs", first=answers[0].uid, last=answers[-1].uid)
    jobs = [represent.started(answer) for answer in answers]
    return Status(202, StartedMany(jobs=jobs))


@router.get("", response={200: JobPage, **PROBLEMS})
def search(request: HttpRequest, wanted: Query[JobFilter]) -> JobPage:
    """Find jobs, newest first, a page at a time."""
    looked_for = Wanted(
        state=str(wanted.state or ""),
        queues=queue_book().parts_of(wanted.queue) if wanted.queue else (),
        task=wanted.task or "",
        tag=wanted.tag or "",
        correlation_id=wanted.correlation_id or "",
        subject=wanted.subject or "",
        text=wanted.q or "",
    )
    rows, following = find_jobs(looked_for, wanted.cursor, wanted.limit)
    return JobPage(items=[represent.job(row) for row in rows], next=following)


@router.get("/{uid}", response={200: JobDetail, **PROBLEMS})
def read(request: HttpRequest, uid: Uid) -> JobDetail:
    """One job with everything that is known of it."""
    return represent.job_detail(get_job(uid))


@router.get("/{uid}/explain", response={200: Explanation, **PROBLEMS})
def explain(request: HttpRequest, uid: Uid) -> Explanation:
    """Why the job is where it is; the first reason decides."""
    job = get_job(uid)
    reasons = [ReasonOut(**reason) for reason in as_plain(explain_job(job))]
    return Explanation(id=job.uid, state=job.state, reasons=reasons)


@router.patch("/{uid}", response={200: JobDetail, **PROBLEMS})
def change(request: HttpRequest, uid: Uid, body: Change) -> JobDetail:
    """Change the priority, delay or payload of a job that has not started; 409 when it runs or ended."""
    must_operate(request, get_job(uid).queue)
    delay = None if body.delay is None else body.delay / 1000
    changes.change(uid, priority=body.priority, delay=delay, data=body.data)
    return represent.job_detail(get_job(uid))


@router.post("/{uid}/cancel", response={200: JobDetail, 202: JobDetail, **PROBLEMS})
def cancel(request: HttpRequest, uid: Uid) -> Status[JobDetail]:
    """Cancel a job. 200: it is cancelled; 202: it runs and was asked to end (`cancelRequestedAt`), and may
    still complete first; 409: it ended."""
    user = must_operate(request, get_job(uid).queue)
    cancellation = moves.cancel(uid, f"cancelled by {user}")
    return Status(202 if cancellation.running else 200, represent.job_detail(get_job(uid)))


@router.post("/{uid}/retry", response={200: JobDetail, **PROBLEMS})
def retry(request: HttpRequest, uid: Uid) -> JobDetail:
    """Let a failed or cancelled job run again, with all its attempts; 409 for any other."""
    must_operate(request, get_job(uid).queue)
    moves.retry(uid)
    return represent.job_detail(get_job(uid))


@router.post("/{uid}/promote", response={200: JobDetail, **PROBLEMS})
def promote(request: HttpRequest, uid: Uid) -> JobDetail:
    """Let a delayed job run now; 409 for any other."""
    must_operate(request, get_job(uid).queue)
    moves.promote(uid)
    return represent.job_detail(get_job(uid))
