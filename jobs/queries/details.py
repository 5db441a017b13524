"""What the messages about jobs need to know of their rows, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.models import Job


@dataclass(frozen=True)
class Facts:
    """Of one job. All but the state and the counters never changes."""

    uid: str
    correlation_id: str
    created_at: datetime
    run_at: datetime | None
    state: str
    runs: int
    attempt: int
    max_attempts: int | None


def facts_of(uids: Sequence[str]) -> dict[str, Facts]:
    """The facts of several jobs, by id; jobs that are gone are left out."""
    columns = ("uid", "correlation_id", "created_at", "run_at", "state", "runs", "attempt", "max_attempts")
    rows = Job.objects.filter(uid__in=uids).values_list(*columns)
    return {row[0]: Facts(*row) for row in rows}
