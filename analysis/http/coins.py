"""/coins: follow coins, read prices and risk; /jobs/price-update and /jobs/risk-assessment: one-time jobs."""

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status

from analysis.flows.coins import start_price_update, start_risk_assessment
from analysis.http.coin_schemas import (
    CoinList,
    CoinOut,
    Days,
    Follow,
    Followed,
    InputOut,
    Page,
    PartOut,
    PricePointOut,
    PricesOut,
    RiskOut,
)
from analysis.queries.risk import risk_of, scores_of
from analysis.tasks.risk import assess_coin_risk
from enrichment.coins import CoinSlug
from enrichment.models import Coin
from enrichment.queries.prices import CoinRow, chart_of, coin_rows
from enrichment.services.coins.following import follow, leave
from enrichment.tasks.coins import update_coin_price
from jobs.errors import NotFound, Refused
from jobs.http import represent
from jobs.http.answers import PROBLEMS, Started
from jobs.http.auth import must_start

router = Router(by_alias=True, tags=["coins"])
jobs_router = Router(by_alias=True, tags=["coins"])

Slug = Annotated[CoinSlug, Path(description="The coin's id.")]


@router.get("", response={200: CoinList, **PROBLEMS})
def recent(request: HttpRequest, page: Query[Page]) -> CoinList:
    """The coins that are followed, with their newest prices and risk scores, a page at a time."""
    rows = coin_rows(after=page.after, limit=page.limit + 1)
    shown = rows[: page.limit]
    scores = scores_of(row.slug for row in shown)
    items = [_coin(row, scores.get(row.slug)) for row in shown]
    return CoinList(items=items, next=shown[-1].slug if len(rows) > page.limit else None)


@router.post("", response={202: Followed, **PROBLEMS})
def add(request: HttpRequest, body: Follow) -> Status[Followed]:
    """Follow a coin by its mint from now on; the job that fetches its price and its past is named."""
    must_start(request, update_coin_price)
    with transaction.atomic():
        try:
            coin = follow(body.mint, body.id or "", body.symbol, body.name)
        except ValueError as error:
            raise Refused(f"id: {error}", {"id": str(error)}) from None
        job = start_price_update(coin.slug)
    return Status(202, Followed(coin=_known(coin.slug), job=represent.started(job)))


@router.get("/{coin}", response={200: CoinOut, **PROBLEMS})
def read(request: HttpRequest, coin: Slug) -> CoinOut:
    """One coin with its newest price and risk score; 404 for one that was never followed."""
    return _known(coin)


@router.delete("/{coin}", response={200: CoinOut, **PROBLEMS})
def remove(request: HttpRequest, coin: Slug) -> CoinOut:
    """Stop following a coin; what is stored of it stays until it is old."""
    must_start(request, update_coin_price)
    leave(_row(coin))
    return _known(coin)


@router.get("/{coin}/prices", response={200: PricesOut, **PROBLEMS})
def prices(request: HttpRequest, coin: Slug, wanted: Query[Days]) -> PricesOut:
    """What the coin cost over some days."""
    points = [PricePointOut.model_validate(point) for point in chart_of(_row(coin), wanted.days)]
    return PricesOut(coin=coin, points=points)


@router.get("/{coin}/risk", response={200: RiskOut, **PROBLEMS})
def risk(request: HttpRequest, coin: Slug) -> RiskOut:
    """The coin's newest risk assessment with its parts; 404 when there is none yet."""
    found = risk_of(_row(coin).slug)
    if found is None:
        raise NotFound(
            f"The risk of {coin} was not assessed yet; POST to /jobs/risk-assessment/{coin} first."
        )
    parts = [
        PartOut(
            name=part.name,
            weight=part.weight,
            points=part.points,
            note=part.note,
            inputs=[InputOut.model_validate(one) for one in part.inputs],
        )
        for part in found.parts
    ]
    return RiskOut(
        coin=coin, score=found.score, level=found.level, assessed_at=found.assessed_at, parts=parts
    )


@jobs_router.post("/price-update/{coin}", response={202: Started, **PROBLEMS})
def price_update(request: HttpRequest, coin: Slug) -> Status[Started]:
    """Fetch the coin's price now, once; an update that is under way is met."""
    must_start(request, update_coin_price)
    return Status(202, represent.started(start_price_update(_row(coin).slug)))


@jobs_router.post("/risk-assessment/{coin}", response={202: Started, **PROBLEMS})
def risk_assessment(request: HttpRequest, coin: Slug) -> Status[Started]:
    """Score the coin's risk now, once; an assessment that is under way is met."""
    must_start(request, assess_coin_risk)
    return Status(202, represent.started(start_risk_assessment(_row(coin).slug)))


def _row(slug: str) -> Coin:
    coin = Coin.objects.filter(slug=slug).first()
    if coin is None:
        raise NotFound(f"There is no coin {slug!r}; POST its mint to /coins first.")
    return coin


def _known(slug: str) -> CoinOut:
    rows = coin_rows(slug=_row(slug).slug)
    return _coin(rows[0], scores_of([slug]).get(slug))


def _coin(row: CoinRow, score: tuple[int, str] | None) -> CoinOut:
    own: dict[str, Any] = {
        name: getattr(row, name) for name in CoinRow.__dataclass_fields__ if name != "slug"
    }
    points, level = score or (None, None)
    return CoinOut(id=row.slug, **own, risk_score=points, risk_level=level)
