"""A wallet analysed end to end: what is synced first, and what waits for it."""

from dataclasses import dataclass

from django.db import transaction

from analysis.tasks.pnl import analyze_pnl
from enrichment.tasks.wallets import fetch_balance, sync_wallet
from jobs import Priority
from jobs.ids import new_id


@dataclass(frozen=True)
class Step:
    """One job of a flow: what it does, for people, and its id."""

    title: str
    uid: str


@dataclass(frozen=True)
class FlowStarted:
    """The jobs of a flow share the correlation id, but for one that was already under way."""

    correlation_id: str
    steps: tuple[Step, ...]


def analyse_wallet(
    address: str, method: str = "fifo", *, force_refresh: bool = False, priority: int = Priority.CRITICAL
) -> FlowStarted:
    """Enqueue a full sync, and the balance and the profit and loss that wait for it; all or none.

    Raises `jobs.errors.Refused` for an address or a method that is none; nothing is stored then.
    """
    correlation_id = new_id()
    shared = {"correlation_id": correlation_id, "priority": priority}
    with transaction.atomic():
        synced = sync_wallet.using(**shared).enqueue(address=address, fetch_all=True)
        after = {**shared, "depends_on": [synced]}
        balance = fetch_balance.using(**after).enqueue(address=address)
        pnl = analyze_pnl.using(**after).enqueue(address=address, method=method, force_refresh=force_refresh)
    steps = (
        Step("Fetch the transactions", synced.id),
        Step("Fetch the balances", balance.id),
        Step("Work out profit and loss", pnl.id),
    )
    return FlowStarted(correlation_id, steps)
