"""/wallets: start one job, or a flow of them. Every answer is 202, with the jobs and where to follow them."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router
from ninja.responses import Status

from analysis.flows.wallets import ANALYSIS, COMPARISON, FlowStarted, analyse_wallet, compare_wallets
from analysis.http import wallet_requests as asked
from analysis.http.answers import AnalysisStarted, ComparisonStarted, StepOut
from analysis.tasks.behavior import analyze_behavior
from analysis.tasks.pnl import analyze_pnl
from enrichment.addresses import SolanaAddress
from enrichment.tasks.token_markets import enrich_token_balances
from enrichment.tasks.wallets import fetch_balance, sync_wallet
from jobs import Priority
from jobs.http import represent
from jobs.http.answers import PROBLEMS, Started
from jobs.http.auth import must_start
from jobs.http.words import in_the_words_of_the_body

# A path belongs to one router: the reads of `analysis.http.wallets` are added to this one.
router = Router(by_alias=True, tags=["wallets"])

Address = Annotated[SolanaAddress, Path(description="The wallet's address on Solana.")]


@router.post("", response={202: AnalysisStarted, **PROBLEMS})
def create(request: HttpRequest, body: asked.Analysis) -> Status[AnalysisStarted]:
    """Analyse a wallet end to end: sync, then balances, profit and loss, behaviour, then its tokens."""
    must_start(request, *ANALYSIS)
    with in_the_words_of_the_body():
        flow = analyse_wallet(**body.model_dump())
    return Status(202, AnalysisStarted(**flow_out(flow)))


@router.post("/similarity", response={202: ComparisonStarted, **PROBLEMS})
def compare(request: HttpRequest, body: asked.Comparison) -> Status[ComparisonStarted]:
    """Compare wallets; those whose history is missing are synced first. GET /similarity/{requestId} reads."""
    must_start(request, *COMPARISON)
    with in_the_words_of_the_body():
        started = compare_wallets(body.addresses, **body.wishes())
    return Status(
        202,
        ComparisonStarted(
            request_id=started.request_id,
            wallets_needing_sync=list(started.wallets_needing_sync),
            **flow_out(started.flow),
        ),
    )


@router.post("/enrich", response={202: Started, **PROBLEMS})
def enrich(request: HttpRequest, body: asked.Enrichment) -> Status[Started]:
    """Look up names, prices and market data of what wallets hold."""
    return _start(request, enrich_token_balances, **body.model_dump())


@router.post("/{address}/sync", response={202: Started, **PROBLEMS})
def sync(request: HttpRequest, address: Address, body: asked.Sync) -> Status[Started]:
    """Fetch a wallet's transactions."""
    return _start(request, sync_wallet, address=address, **body.model_dump())


@router.post("/{address}/balances", response={202: Started, **PROBLEMS})
def balances(request: HttpRequest, address: Address) -> Status[Started]:
    """Fetch what a wallet holds now."""
    return _start(request, fetch_balance, address=address)


@router.post("/{address}/pnl", response={202: Started, **PROBLEMS})
def pnl(request: HttpRequest, address: Address, body: asked.Pnl) -> Status[Started]:
    """Work out profit and loss of what is stored."""
    return _start(request, analyze_pnl, address=address, **body.model_dump())


@router.post("/{address}/behavior", response={202: Started, **PROBLEMS})
def behavior(request: HttpRequest, address: Address, body: asked.Behavior) -> Status[Started]:
    """Work out how a wallet trades, from what is stored."""
    return _start(request, analyze_behavior, address=address, **body.model_dump())


def flow_out(flow: FlowStarted) -> dict[str, Any]:
    """A flow's jobs, as every answer tells them."""
    steps = [StepOut(id=step.uid, title=step.title, links=represent.links(step.uid)) for step in flow.steps]
    return {"correlation_id": flow.correlation_id, "jobs": steps}


def _start(request: HttpRequest, task: Any, **payload: Any) -> Status[Started]:
    must_start(request, task)
    after = payload.pop("depends_on", None)
    options: dict[str, Any] = {"priority": Priority.HIGH} | ({"depends_on": after} if after else {})
    with in_the_words_of_the_body():
        answer = task.using(**options).enqueue(**payload).answer
    return Status(202, represent.started(answer))
