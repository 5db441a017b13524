"""/wallets: read what is stored and what was found; `wallet_jobs` starts what finds it."""

from django.http import HttpRequest
from ninja import Field, Path, Query, Schema
from ninja.responses import Status

from analysis.flows.wallets import ANALYSIS, analyse_wallet
from analysis.http.answers import (
    AnalysisStarted,
    BalancesOut,
    BehaviorOut,
    ComparisonList,
    ComparisonOut,
    PnlOut,
    SampleOut,
    WalletList,
    WalletOut,
    WalletRowOut,
)
from analysis.http.wallet_jobs import Address, flow_out, router
from analysis.queries.behavior import behavior_of
from analysis.queries.pnl import analysis_of
from analysis.queries.similarity import comparison, recent_comparisons
from analysis.queries.wallets import recent_wallets, sample_wallets, wallet_overview
from analysis.services.pnl.lots import Method
from jobs.errors import NotFound
from jobs.http.answers import PROBLEMS
from jobs.http.auth import must_start
from jobs.http.schemas import Text

__all__ = ["router"]


class Page(Schema):
    """How much of the list."""

    limit: int = Field(20, ge=1, le=200)


class Wanted(Schema):
    """Which report, and whether one of the last ten minutes will do."""

    method: Method = Field(Method.FIFO, description="fifo, lifo, hifo or average.")
    force_refresh: bool = Field(False, alias="forceRefresh")


class Scope(Schema):
    """Which report."""

    scope: str = Field(
        "",
        pattern=r"^[0-9a-f]{0,32}$",
        description="As the job's result names it; empty: the whole history.",
    )


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
    must_start(request, *ANALYSIS)
    flow = analyse_wallet(address, wanted.method.value, force_refresh=wanted.force_refresh)
    return Status(202, AnalysisStarted(**flow_out(flow)))


@router.get("/similarity", response={200: ComparisonList, **PROBLEMS})
def comparisons(request: HttpRequest, page: Query[Page]) -> ComparisonList:
    """The newest comparisons, without their results."""
    found = recent_comparisons(page.limit)
    return ComparisonList(items=[ComparisonOut(**one.__dict__ | {"result": None}) for one in found])


@router.get("/similarity/{request_id}", response={200: ComparisonOut, **PROBLEMS})
def similarity(request: HttpRequest, request_id: Path[Text]) -> ComparisonOut:
    """A comparison; its result is null until the last of its jobs has completed."""
    found = comparison(request_id)
    if found is None:
        raise NotFound(f"There is no comparison {request_id!r}.")
    return ComparisonOut(**found.__dict__)


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


@router.get("/{address}/balances", response={200: BalancesOut, **PROBLEMS})
def balances(request: HttpRequest, address: Address) -> BalancesOut:
    """What a wallet holds, with what markets say of it; 404 when its balances were never fetched."""
    overview = wallet_overview(address)
    if overview.balances_at is None:
        raise NotFound(f"The balances of {address} were never fetched.")
    return BalancesOut.model_validate(overview)


@router.get("/{address}/behavior", response={200: BehaviorOut, **PROBLEMS})
def behavior(request: HttpRequest, address: Address, of: Query[Scope]) -> BehaviorOut:
    """How a wallet trades; 404 when that was not worked out yet."""
    found = behavior_of(address, of.scope)
    if found is None:
        raise NotFound(f"The behaviour of {address} has not been worked out yet.")
    return BehaviorOut(**found.__dict__)
