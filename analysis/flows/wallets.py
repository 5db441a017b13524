"""A wallet analysed end to end, and several compared: what is synced first, and what waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from analysis.flows.wallet_steps import Step, Wishes, enqueue_steps
from analysis.services.similarity.requests import remember
from analysis.services.similarity.sorting import split_by_validity
from analysis.tasks.behavior import analyze_behavior
from analysis.tasks.dashboard import TOLERANCE, analyze_wallet_dashboard
from analysis.tasks.pnl import analyze_pnl
from analysis.tasks.similarity import calculate_similarity
from enrichment.queries.wallets import wallets_needing_sync, wallets_without_balances
from enrichment.tasks.token_markets import enrich_token_balances
from enrichment.tasks.wallets import fetch_balance, sync_wallet
from jobs import Priority
from jobs.flows import Policy
from jobs.ids import new_id

__all__ = [
    "ANALYSIS", "COMPARISON", "ComparisonStarted", "FlowStarted", "Step", "analyse_wallet", "compare_wallets",
]  # fmt: skip

# What each flow starts: whoever asks for it may start all of these.
ANALYSIS: tuple[Any, ...] = (
    sync_wallet, fetch_balance, analyze_pnl, analyze_behavior, enrich_token_balances, analyze_wallet_dashboard,
)  # fmt: skip
COMPARISON: tuple[Any, ...] = (sync_wallet, fetch_balance, calculate_similarity)


@dataclass(frozen=True)
class FlowStarted:
    """The jobs of a flow share the correlation id, but for one that was already under way."""

    correlation_id: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class ComparisonStarted:
    """A comparison's name, under which its result is read, and its jobs; the last one compares."""

    request_id: str
    wallets_needing_sync: tuple[str, ...]
    flow: FlowStarted


def analyse_wallet(
    address: str,
    method: str = "fifo",
    *,
    force_refresh: bool = False,
    enrich_metadata: bool = True,
    failure_threshold: float = TOLERANCE,
    timeout_minutes: int = 15,
    priority: int = Priority.CRITICAL,
) -> FlowStarted:
    """Enqueue the steps of a wallet's dashboard, and the dashboard that waits for them; all or none.

    The dashboard completes when at least `failure_threshold` of the steps do. Raises `jobs.errors.Refused`
    for an address, a method or a number that is none; nothing is stored then.
    """
    correlation_id = new_id()
    shared: dict[str, Any] = {"correlation_id": correlation_id, "priority": priority}
    wishes = Wishes(method, force_refresh, enrich_metadata, timeout_minutes)
    payload = {
        "address": address, "method": method, "failure_threshold": failure_threshold,
        "enrich_metadata": enrich_metadata, "timeout_minutes": timeout_minutes, "force_refresh": force_refresh,
    }  # fmt: skip
    with transaction.atomic():
        steps = enqueue_steps(address, wishes, **shared)
        waits = {"depends_on": [step.uid for step in steps], "policy": Policy(share=failure_threshold)}
        whole = analyze_wallet_dashboard.using(**shared, **waits).enqueue(**payload)
    return FlowStarted(correlation_id, (*steps, Step("Put it together", whole.id)))


def compare_wallets(
    addresses: Sequence[str], *, priority: int = Priority.HIGH, **wishes: Any
) -> ComparisonStarted:
    """Enqueue the syncs that are missing, and the comparison that waits for them; all or none.

    The comparison runs when every sync has ended: a wallet whose sync failed is set apart by it. `wishes`
    are those of `calculate_similarity`. Raises `jobs.errors.Refused`, with nothing stored.
    """
    request_id, correlation_id = wishes.pop("request_id", None) or new_id(), new_id()
    shared: dict[str, Any] = {"correlation_id": correlation_id, "priority": priority}
    valid, _ = split_by_validity(addresses)
    needing = wallets_needing_sync(valid)
    payload = {"addresses": list(addresses), "request_id": request_id, **wishes}
    with transaction.atomic():
        steps = [
            Step(
                f"Fetch {address[:4]}…{address[-4:]}",
                sync_wallet.using(**shared).enqueue(address=address, fetch_all=True).id,
            )
            for address in needing
        ]
        steps += [
            Step(
                f"Balances of {address[:4]}…{address[-4:]}",
                fetch_balance.using(**shared).enqueue(address=address).id,
            )
            for address in wallets_without_balances(valid)
        ]
        after: dict[str, Any] = (
            {"depends_on": [step.uid for step in steps], "policy": "ignore_failures"} if steps else {}
        )
        compared = calculate_similarity.using(**shared, **after).enqueue(**payload)
        steps.append(Step("Compare", compared.id))
        remember(request_id, payload, [step.uid for step in steps])
    return ComparisonStarted(request_id, tuple(needing), FlowStarted(correlation_id, tuple(steps)))
