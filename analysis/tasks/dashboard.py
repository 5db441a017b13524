"""The job at the end of a wallet's analysis: what became of its steps, put together."""

from dataclasses import dataclass
from typing import Annotated, Any

from celery import Task, shared_task
from pydantic import Field

from analysis.queries.steps import children_by_id
from analysis.services.pnl.lots import Method
from enrichment.addresses import SolanaAddress
from jobs import Permanent, Snooze, Unique, children, progress
from jobs.queries.children import Child
from jobs.states import TERMINAL, State

TOLERANCE = 0.8  # share of the steps that must complete
_LOOK_EVERY = 2.0  # seconds between two looks at steps that are not finished
# A job's short name -> what its result is called in the dashboard's.
_PARTS = {
    "sync_wallet": "sync",
    "fetch_balance": "balance",
    "analyze_pnl": "pnl",
    "analyze_behavior": "behavior",
    "enrich_token_balances": "enrichment",
}

Threshold = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[int, Field(ge=1, le=120)]


@dataclass(frozen=True)
class StepOutcome:
    """How one step ended."""

    name: str
    job: str
    state: str
    error: str


@dataclass(frozen=True)
class DashboardResult:
    """The results of the steps under their names; None for one that did not complete or was not asked for.

    `status` is complete, or partial when some steps failed but fewer than the threshold forbids.
    """

    address: str
    method: str
    status: str
    completed: int
    steps: list[StepOutcome]
    sync: dict[str, Any] | None
    balance: dict[str, Any] | None
    pnl: dict[str, Any] | None
    behavior: dict[str, Any] | None
    enrichment: dict[str, Any] | None


@shared_task(
    bind=True, time_limit=900, stale_after=1200, unique=Unique("address", "method"), subject="address"
)
def analyze_wallet_dashboard(
    self: Task,
    *,
    address: SolanaAddress,
    method: Method = Method.FIFO,
    failure_threshold: Threshold = TOLERANCE,
    enrich_metadata: bool = True,
    timeout_minutes: Minutes = 15,
    force_refresh: bool = False,
) -> DashboardResult:
    """Sync a wallet, then work out balances, profit and loss and behaviour, then look up its tokens.

    `analysis.flows.wallets.analyse_wallet` enqueues it behind its steps; enqueued alone, it starts them
    itself and looks for them every two seconds, without using attempts and without holding a worker. It
    completes when at least `failure_threshold` of the steps do. No step starts after `timeout_minutes`.
    """
    found = children()
    if not found:
        found = _own_steps(self.request.id, address, method, enrich_metadata, timeout_minutes, force_refresh)
    result = put_together(address, method, found, failure_threshold)
    progress(1, f"{result.completed} of {len(result.steps)} steps completed")
    return result


def put_together(
    address: str, method: Method, found: list[Child], failure_threshold: float
) -> DashboardResult:
    """The dashboard out of steps that ended. Permanent when too few of them completed."""
    outcomes = [StepOutcome(_part(step), step.id, step.state, step.error) for step in found]
    completed = sum(outcome.state == State.COMPLETED for outcome in outcomes)
    if completed < failure_threshold * len(outcomes):
        told = "; ".join(f"{one.name}: {one.error}" for one in outcomes if one.state != State.COMPLETED)
        raise Permanent(f"only {completed} of {len(outcomes)} steps completed: {told}")
    results = {_part(step): step.result for step in found}
    return DashboardResult(
        address=address,
        method=method.value,
        status="complete" if completed == len(outcomes) else "partial",
        completed=completed,
        steps=outcomes,
        **{name: results.get(name) for name in _PARTS.values()},
    )


def _part(step: Child) -> str:
    short = step.task.rpartition(".")[2]
    return _PARTS.get(short, short)


def _own_steps(
    uid: str, address: str, method: Method, enrich_metadata: bool, minutes: int, force_refresh: bool
) -> list[Child]:
    """The steps that this job started, once they ended; Snooze until then."""
    from analysis.flows.own_steps import steps_of_dashboard  # the flow imports the tasks

    uids = steps_of_dashboard(
        uid, address, method=method.value, enrich_metadata=enrich_metadata, timeout_minutes=minutes,
        force_refresh=force_refresh,
    )  # fmt: skip
    found = children_by_id(uids)
    ended = sum(step.state in TERMINAL for step in found)
    if ended < len(uids):
        progress(0.9 * ended / len(uids), f"{ended} of {len(uids)} steps ended")
        raise Snooze(_LOOK_EVERY, f"{ended} of {len(uids)} steps ended")
    return found
