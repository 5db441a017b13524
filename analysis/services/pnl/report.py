"""Sums a matching up: in total, per asset, per day.

For any history: `net` = money received - money paid + what the open lots cost. So once everything is sold,
every method reports the same net.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from analysis.services.pnl.entries import Entry
from analysis.services.pnl.exact import ZERO, exactly
from analysis.services.pnl.lots import Method
from analysis.services.pnl.matching import Basis, Event, Match, Matching, OpenLot, Spent, match_entries
from analysis.services.pnl.series import Day, per_day
from analysis.services.pnl.sums import AssetReport, Money, Valuation, sums_per_asset, total


@dataclass(frozen=True, slots=True)
class MissingAcquisition:
    """More was given away than the history ever brought in; `quantity` has no basis and costs zero."""

    asset: str
    time: datetime
    quantity: Decimal
    proceeds: Decimal
    event: Event
    reference: str

    def __str__(self) -> str:
        held = "sold" if self.event is Event.SALE else "spent on a fee"
        where = f" ({self.reference})" if self.reference else ""
        return (
            f"{self.quantity:f} {self.asset} {held} on {self.time.date()}{where} without a known acquisition"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """Profit and loss of a history by one method."""

    method: Method
    totals: Money
    valuation: Valuation
    unpriced: list[str]
    assets: dict[str, AssetReport]
    matches: list[Match]
    spent: list[Spent]
    open_lots: list[OpenLot]
    missing: list[MissingAcquisition]
    days: list[Day]


def calculate(
    entries: Iterable[Entry], method: Method, prices: Mapping[str, Decimal] | None = None
) -> Report:
    """Profit and loss by the method; what is held is valued at `prices` (asset to quote currency per unit).

    The total valuation leaves out what is `unpriced`; without `prices` there is none.
    """
    found = match_entries(entries, method)
    with exactly():
        assets = sums_per_asset(found)
        if prices is not None:
            for asset, report in assets.items():
                report.valuation = _valued(report, prices.get(asset))
        return Report(
            method=method,
            totals=total([report.money for report in assets.values()]),
            valuation=Valuation() if prices is None else _total_valuation(assets.values()),
            unpriced=[
                asset
                for asset, report in assets.items()
                if prices is not None and report.valuation.unrealised is None
            ],
            assets=assets,
            matches=found.matches,
            spent=found.spent,
            open_lots=found.open_lots,
            missing=_missing(found),
            days=per_day(found),
        )


def _valued(report: AssetReport, price: Decimal | None) -> Valuation:
    held = report.quantities.held
    if not held:
        return Valuation(ZERO, ZERO)
    if price is None:
        return Valuation()
    return Valuation(held * price, held * price - report.money.open_cost)


def _total_valuation(reports: Iterable[AssetReport]) -> Valuation:
    values = [report.valuation for report in reports]
    return Valuation(
        sum((value.market_value for value in values if value.market_value is not None), ZERO),
        sum((value.unrealised for value in values if value.unrealised is not None), ZERO),
    )


def _missing(found: Matching) -> list[MissingAcquisition]:
    sold = [
        MissingAcquisition(
            match.asset, match.sold_at, match.quantity, match.proceeds, match.event, match.reference
        )
        for match in found.matches
        if match.basis is Basis.MISSING
    ]
    spent = [
        MissingAcquisition(part.asset, part.spent_at, part.quantity, ZERO, Event.FEE, part.reference)
        for part in found.spent
        if part.basis is Basis.MISSING
    ]
    return sorted(sold + spent, key=attrgetter("time"))
