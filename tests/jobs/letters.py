"""Failed jobs with their dead letters, as the fold leaves them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from jobs.models import DeadLetter, Job
from jobs.names import resolve_task
from jobs.store.outcomes import Outcome, Start, write_outcomes, write_starts


def fail_job(
    name: str = "noop",
    error: str = "no luck",
    *,
    retryable: bool = True,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    **options: Any,
) -> DeadLetter:
    """Enqueue a job, start it and let it fail for good; answers with its open letter."""
    uid = resolve_task(name).using(**options).enqueue(*args, **(kwargs or {})).id
    write_starts([Start(uid, 1, 1_700_000_000.0, "w1")])
    write_outcomes(
        [
            Outcome(
                uid, 1, "failed", 1_700_000_000.0, 1_700_000_001.0, error_type="RuntimeError", error=error,
                traceback="Traceback ...", fingerprint="f", retryable=retryable,
            )
        ]
    )  # fmt: skip
    return DeadLetter.objects.get(job_uid=uid)


def forget_job(letter: DeadLetter) -> None:
    """Delete the job's row, as retention does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM jobs_attempt WHERE job_id IN (SELECT id FROM jobs_job WHERE uid = %s)",
            [letter.job_uid],
        )
        cursor.execute("DELETE FROM jobs_job WHERE uid = %s", [letter.job_uid])
    assert not Job.objects.filter(uid=letter.job_uid).exists()
