"""/wallets: start the analysis of a wallet, read what it found."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema
from ninja.responses import Status

from analysis.flows.wallets import analyse_wallet
from analysis.http.answers import (
    AnalysisStarted,
    PnlOut,
    SampleOut,
    StepOut,
    WalletList,
    WalletOut,
    WalletRowOut,
)
from analysis.queries.pnl import analysis_of
from analysis.queries.wallets import recent_wallets, sample_wallets, wallet_overview
from analysis.services.pnl.lots import Method
from enrichment.addresses import SolanaAddress
from jobs.errors import NotFound
from jobs.http import represent
from jobs.http.answers import ProblemOut
from jobs.http.auth import must_operate

router = Router(by_alias=True, tags=["wallets"])

Address = Annotated[SolanaAddress, Path(description="The wallet's address on Solana.")]
PROBLEMS = dict.fromkeys((400, 401, 403, 404, 422, 429, 503), ProblemOut)


class Page(Schema):
    """How much of the list."""

    limit: int = Field(20, ge=1, le=200)


class Wanted(Schema):
    """Which report, and whether one of the last ten minutes will do."""

    method: Method = Field(Method.FIFO, description="fifo, lifo, hifo or average.")
    force_refresh: bool = Field(False, alias="forceRefresh")


class ByMethod(Schema):
    """Which report."""

    method: Method = Field(Method.FIFO, description="fifo, lifo, hifo or average.")


@router.get("", response={200: WalletList, **PROBLEMS})
def recent(request: HttpRequest, page: Query[Page]) -> WalletList:
    """The wallets that were synced last, and sample wallets while the chain is the local one."""
    return WalletList(
        items=[WalletRowOut.model_validate(row) for row in recent_wallets(page.limit)],
        samples=[SampleOut.model_validate(sample) for sample in sample_wallets()],
    )


@router.post("/{address}/analyse", response={202: AnalysisStarted, **PROBLEMS})
def analyse(request: HttpRequest, address: Address, wanted: Query[Wanted]) -> Status[AnalysisStarted]:
    """Fetch the whole history, then balances and profit and loss; the answer names the jobs to follow."""
    must_operate(request)
    flow = analyse_wallet(address, wanted.method.value, force_refresh=wanted.force_refresh)
    steps = [StepOut(id=step.uid, title=step.title, links=represent.links(step.uid)) for step in flow.steps]
    return Status(202, AnalysisStarted(correlation_id=flow.correlation_id, jobs=steps))


@router.get("/{address}", response={200: WalletOut, **PROBLEMS})
def read(request: HttpRequest, address: Address) -> WalletOut:
    """What is stored of a wallet; 404 for one that nobody asked about yet."""
    overview = wallet_overview(address)
    if not overview.known:
        raise NotFound(f"Nothing is stored of the wallet {address} yet; POST to its /analyse first.")
    return WalletOut.model_validate(overview)


@router.get("/{address}/pnl", response={200: PnlOut, **PROBLEMS})
def pnl(request: HttpRequest, address: Address, by: Query[ByMethod]) -> PnlOut:
    """A wallet's newest profit and loss report; 404 when there is none by this method."""
    found = analysis_of(address, by.method.value)
    if found is None:
        raise NotFound(f"There is no report on {address} by {by.method.value} yet.")
    return PnlOut.model_validate(found)
