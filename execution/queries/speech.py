"""Spoken texts as people see them, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from execution.models import Speech
from jobs.errors import NotFound
from jobs.models import Job


@dataclass(frozen=True)
class SpeechView:
    """A text with the job that speaks it; the job may have been pruned since."""

    row: Speech
    job: Job | None

    @property
    def state(self) -> str:
        """`completed` once it can be heard, else the job's; `failed` when there is no job any more."""
        if self.row.file:
            return "completed"
        return self.job.state if self.job and self.job.state != "completed" else "failed"

    @property
    def reason(self) -> str:
        """Why it cannot be heard (yet)."""
        return "" if self.row.file or not self.job else str(self.job.reason)


@dataclass(frozen=True)
class SpeechPage:
    """One page; `next` is the cursor of the page after it."""

    items: Sequence[SpeechView]
    next: int | None


def speeches(limit: int = 20, before: int | None = None) -> SpeechPage:
    """The newest texts."""
    rows = Speech.objects.order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    return SpeechPage(_seen(found[:limit]), found[limit - 1].pk if len(found) > limit else None)


def speech(number: int) -> SpeechView:
    """One text. NotFound when there is none."""
    row = Speech.objects.filter(pk=number).first()
    if row is None:
        raise NotFound(f"There is no speech {number}.")
    return _seen([row])[0]


def _seen(rows: Sequence[Speech]) -> list[SpeechView]:
    jobs = {job.uid: job for job in Job.objects.filter(uid__in=[row.job_uid for row in rows])}
    return [SpeechView(row, jobs.get(row.job_uid)) for row in rows]
