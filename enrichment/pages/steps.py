"""The jobs that bring an account's data in, as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.models import DeadLetter, Job
from jobs.pages.words import duration
from jobs.queries.finding import jobs_about

TITLES = {
    "sync_orders": "Fetch the orders",
    "sync_exchange_balances": "Fetch the balances",
    "update_ticker_prices": "Fetch the prices",
    "bulk_sync_orders": "Fetch the orders of all accounts",
}


@dataclass(frozen=True)
class Step:
    """One job, under the title that people know it by."""

    title: str
    job: Job
    error: str = ""

    @property
    def message(self) -> str:
        """What it found, why it waits or failed, or how far it says it is."""
        told = str((self.job.progress_detail or {}).get("message", ""))
        if self.job.state == "failed":
            return self.error or str(self.job.reason)
        if self.job.state in {"cancelled", "delayed"} and self.job.short_task != "bulk_sync_orders":
            return str(self.job.reason or told)
        if self.job.started_at and self.job.finished_at:
            return f"{told}, in {duration((self.job.finished_at - self.job.started_at).total_seconds())}"
        return told


def steps_of(subject: str, uids: Sequence[str] = ()) -> list[Step]:
    """The steps with these ids; without ids the newest job of each kind about the subject."""
    if uids:
        jobs = {job.uid: job for job in Job.objects.filter(uid__in=uids)}
        return _steps([jobs[uid] for uid in uids if uid in jobs])
    newest: dict[str, Job] = {}
    for job in jobs_about(subject):
        newest.setdefault(job.short_task, job)
    return _steps([newest[name] for name in TITLES if name in newest])


def under_way(steps: Sequence[Step]) -> bool:
    """Whether any step is not finished."""
    return any(not step.job.finished for step in steps)


def _steps(jobs: Sequence[Job]) -> list[Step]:
    failed = [job.uid for job in jobs if job.state == "failed"]
    errors = (
        dict(DeadLetter.objects.filter(job_uid__in=failed).values_list("job_uid", "error")) if failed else {}
    )
    return [Step(TITLES.get(job.short_task, job.short_task), job, errors.get(job.uid, "")) for job in jobs]
