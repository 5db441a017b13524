"""The jobs that make a wallet's analysis, as the page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.models import Dependency, Job
from jobs.pages.words import duration
from jobs.queries.finding import jobs_about

TITLES = {
    "sync_wallet": "Fetch the transactions",
    "fetch_balance": "Fetch the balances",
    "analyze_pnl": "Work out profit and loss",
    "analyze_behavior": "Work out the behaviour",
    "enrich_token_balances": "Look up the tokens",
    "analyze_wallet_dashboard": "Put it together",
    "calculate_similarity": "Compare",
}


@dataclass(frozen=True)
class Step:
    """One job, under the title that people know it by."""

    title: str
    job: Job

    @property
    def message(self) -> str:
        """How long it took, why it waits or failed, or how far it says it is."""
        told = (self.job.progress_detail or {}).get("message", "")
        if self.job.started_at and self.job.finished_at and self.job.state == "completed":
            return f"in {duration((self.job.finished_at - self.job.started_at).total_seconds())}"
        if self.job.state in {"failed", "cancelled", "delayed"}:
            return str(self.job.reason or told)
        return str(told)


def steps_of(address: str, uids: Sequence[str] = ()) -> list[Step]:
    """The steps with these ids; without ids the newest job of each kind about the wallet."""
    if uids:
        jobs = {job.uid: job for job in Job.objects.filter(uid__in=uids)}
        return [_step(jobs[uid]) for uid in uids if uid in jobs]
    newest: dict[str, Job] = {}
    for job in jobs_about(address):
        newest.setdefault(job.short_task, job)
    if (whole := newest.get("analyze_wallet_dashboard")) is not None:
        # The lookup of tokens is about many wallets, so only the dashboard that waited for it knows it.
        for edge in Dependency.objects.filter(parent=whole).select_related("child"):
            newest.setdefault(edge.child.short_task, edge.child)
    return [_step(newest[name]) for name in TITLES if name in newest]


def under_way(steps: Sequence[Step]) -> bool:
    """Whether any step is not finished."""
    return any(not step.job.finished for step in steps)


def _step(job: Job) -> Step:
    return Step(TITLES.get(job.short_task, job.short_task), job)
