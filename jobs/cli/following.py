"""Waiting for a job's end in a terminal, and what the exit code says then."""

from django.core.management.base import CommandError

from jobs.cli import exits
from jobs.cli.exits import Exit
from jobs.cli.output import Output
from jobs.cli.progress import display
from jobs.cli.records import error_of, full_record, result_of
from jobs.models import Job
from jobs.queries import get_job
from jobs.states import State
from jobs.waiting import folds


def follow(output: Output, uid: str, timeout: float | None) -> None:
    """Show the job's progress until it ends, then print its result; CommandError carries the exit code.

    Works without Redis too: then the row is looked at once a second.
    """
    job = _watch(output, uid, timeout)
    if output.as_json:
        output.json(full_record(job))
    elif job.state == State.COMPLETED:
        output.json(result_of(job))
    if not job.finished:
        raise CommandError(
            f"Job {uid} is {job.state} after {timeout:g} s; it goes on.", returncode=Exit.TIMED_OUT
        )
    code = exits.BY_STATE[State(job.state)]
    if code:
        raise CommandError(f"Job {uid} {_ending(job)}: {error_of(job)}", returncode=code)


def _watch(output: Output, uid: str, timeout: float | None) -> Job:
    job = get_job(uid)
    try:
        with display(output) as shown:
            for _ in folds(job.queue, timeout):
                job = get_job(uid)
                shown.show(job)
                if job.finished:
                    break
    except KeyboardInterrupt:
        raise CommandError(f"Interrupted; job {uid} goes on.", returncode=Exit.INTERRUPTED) from None
    return job


def _ending(job: Job) -> str:
    return "failed" if job.state == State.FAILED else "was cancelled"
