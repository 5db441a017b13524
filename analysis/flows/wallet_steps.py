"""The jobs that a wallet's dashboard is made of: sync -> (balance, pnl, behaviour) -> enrichment."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from analysis.tasks.behavior import analyze_behavior
from analysis.tasks.pnl import analyze_pnl
from enrichment.services.token_markets.plan import Context, Strategy
from enrichment.tasks.token_markets import enrich_token_balances
from enrichment.tasks.wallets import fetch_balance, sync_wallet
from jobs.flows import IGNORE_FAILURES


@dataclass(frozen=True)
class Step:
    """One job of a flow: what it does, for people, and its id."""

    title: str
    uid: str


@dataclass(frozen=True)
class Wishes:
    """How the dashboard is made."""

    method: str = "fifo"
    force_refresh: bool = False
    enrich_metadata: bool = True
    timeout_minutes: int = 15


def enqueue_steps(address: str, wishes: Wishes, **shared: Any) -> tuple[Step, ...]:
    """The steps, all or none, with the options `shared`; those under way already are met, not doubled.

    No step starts after the timeout, and none that is started by then runs for longer. The enrichment comes
    after the others however they ended: it needs what the balances brought, if anything.
    """
    longest = wishes.timeout_minutes * 60

    def enqueue(task: Any, after: tuple[str, ...] = (), policy: Any = None, **payload: Any) -> str:
        options = {**shared, "expires": longest, "time_limit": min(task.time_limit, longest)}
        if after:
            options |= {"depends_on": list(after), "policy": policy}
        return str(task.using(**options).enqueue(**payload).id)

    with transaction.atomic():
        synced = enqueue(sync_wallet, address=address, fetch_all=True)
        balance = enqueue(fetch_balance, (synced,), address=address)
        pnl = enqueue(
            analyze_pnl, (synced,), address=address, method=wishes.method, force_refresh=wishes.force_refresh
        )
        behavior = enqueue(analyze_behavior, (synced,), address=address)
        steps = [
            Step("Fetch the transactions", synced),
            Step("Fetch the balances", balance),
            Step("Work out profit and loss", pnl),
            Step("Work out the behaviour", behavior),
        ]
        if wishes.enrich_metadata:
            enriched = enqueue(
                enrich_token_balances, (balance, pnl, behavior), IGNORE_FAILURES,
                addresses=[address], strategy=Strategy.HYBRID, context=Context.DASHBOARD,
            )  # fmt: skip
            steps.append(Step("Look up the tokens", enriched))
    return tuple(steps)
