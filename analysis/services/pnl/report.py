"""Sums a matching up: in total, per asset, per day; every sum is exact.

For any history: `net` = money received - money paid + what the open lots cost. So once everything is sold,
every method reports the same net.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import attrgetter

from analysis.services.pnl.entries import Entry
from analysis.services.pnl.exact import ZERO, exactly
from analysis.services.pnl.lots import Method
from analysis.services.pnl.matching import Basis, Event, Match, Matching, OpenLot, Spent, match_entries


@dataclass(slots=True)
class Money:
    """Sums in the quote currency.

    `proceeds`, `cost_basis` and `gain` are the sums over all matches: fees of sales are already taken off the
    proceeds, fees of purchases are in the cost basis.
    `fees` is the worth of all fees, for information, counted with the asset that was traded or moved.
    `transfer_fees` are the part of `fees` paid for transfers; they are no part of the gain.
    `net` = `gain` + `income` - `transfer_fees`.
    `missing_proceeds` is the part of the proceeds, and of the gain, that has no known acquisition.
    `open_cost` is the cost basis of what is still held.
    """

    proceeds: Decimal = ZERO
    cost_basis: Decimal = ZERO
    gain: Decimal = ZERO
    income: Decimal = ZERO
    fees: Decimal = ZERO
    transfer_fees: Decimal = ZERO
    net: Decimal = ZERO
    missing_proceeds: Decimal = ZERO
    open_cost: Decimal = ZERO


@dataclass(slots=True)
class Quantities:
    """Units of one asset: `held` = `acquired` - `sold` - `spent_on_fees` + `missing`."""

    acquired: Decimal = ZERO
    sold: Decimal = ZERO
    spent_on_fees: Decimal = ZERO
    missing: Decimal = ZERO
    held: Decimal = ZERO


@dataclass(slots=True)
class Valuation:
    """Open lots at given prices; None where the price of something held was not given."""

    market_value: Decimal | None = None
    unrealised: Decimal | None = None


@dataclass(slots=True)
class AssetReport:
    """One asset's sums."""

    money: Money = field(default_factory=Money)
    quantities: Quantities = field(default_factory=Quantities)
    valuation: Valuation = field(default_factory=Valuation)


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
class Day:
    """What one day (UTC) brought, and the net up to its end."""

    day: date
    gain: Decimal
    income: Decimal
    transfer_fees: Decimal
    cumulative_net: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """Profit and loss of a history by one method."""

    method: Method
    totals: Money
    valuation: Valuation
    assets: dict[str, AssetReport]
    matches: list[Match]
    spent: list[Spent]
    open_lots: list[OpenLot]
    missing: list[MissingAcquisition]
    days: list[Day]


def calculate(
    entries: Iterable[Entry], method: Method, prices: Mapping[str, Decimal] | None = None
) -> Report:
    """Profit and loss by the method; open lots are valued at `prices` (asset to quote currency per unit)."""
    found = match_entries(entries, method)
    with exactly():
        assets = _per_asset(found)
        for asset, report in assets.items():
            report.valuation = _valued(report, (prices or {}).get(asset))
        return Report(
            method=method,
            totals=_total([report.money for report in assets.values()]),
            valuation=_total_valuation(list(assets.values())),
            assets=assets,
            matches=found.matches,
            spent=found.spent,
            open_lots=found.open_lots,
            missing=_missing(found),
            days=_days(found),
        )


def _per_asset(found: Matching) -> dict[str, AssetReport]:
    assets = {asset: AssetReport() for asset in sorted(found.assets)}
    for asset, quantity in found.acquired.items():
        assets[asset].quantities.acquired = quantity
    for match in found.matches:
        _add_match(assets[match.asset], match)
    for spent in found.spent:
        assets[spent.asset].quantities.spent_on_fees += spent.quantity
        if spent.basis is Basis.MISSING:
            assets[spent.asset].quantities.missing += spent.quantity
    for income in found.income:
        assets[income.asset].money.income += income.value
    for fee in found.trade_fees:
        assets[fee.asset].money.fees += fee.value
    for fee in found.transfer_fees:
        assets[fee.asset].money.fees += fee.value
        assets[fee.asset].money.transfer_fees += fee.value
    for lot in found.open_lots:
        assets[lot.asset].quantities.held += lot.quantity
        assets[lot.asset].money.open_cost += lot.cost_basis
    for report in assets.values():
        report.money.net = report.money.gain + report.money.income - report.money.transfer_fees
    return assets


def _add_match(report: AssetReport, match: Match) -> None:
    money, quantities = report.money, report.quantities
    money.proceeds += match.proceeds
    money.cost_basis += match.cost_basis
    money.gain += match.gain
    if match.event is Event.SALE:
        quantities.sold += match.quantity
    else:
        quantities.spent_on_fees += match.quantity
    if match.basis is Basis.MISSING:
        quantities.missing += match.quantity
        money.missing_proceeds += match.proceeds


def _total(parts: list[Money]) -> Money:
    return Money(
        **{name.name: sum((getattr(part, name.name) for part in parts), ZERO) for name in fields(Money)}
    )


def _valued(report: AssetReport, price: Decimal | None) -> Valuation:
    held = report.quantities.held
    if price is None:
        return Valuation() if held else Valuation(ZERO, ZERO)
    return Valuation(held * price, held * price - report.money.open_cost)


def _total_valuation(reports: list[AssetReport]) -> Valuation:
    values = [report.valuation for report in reports]
    worth = [value.market_value for value in values if value.market_value is not None]
    gains = [value.unrealised for value in values if value.unrealised is not None]
    if len(worth) < len(values):
        return Valuation()
    return Valuation(sum(worth, ZERO), sum(gains, ZERO))


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


def _days(found: Matching) -> list[Day]:
    gain: dict[date, Decimal] = defaultdict(lambda: ZERO)
    income: dict[date, Decimal] = defaultdict(lambda: ZERO)
    fees: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for match in found.matches:
        gain[_day(match.sold_at)] += match.gain
    for amount in found.income:
        income[_day(amount.time)] += amount.value
    for amount in found.transfer_fees:
        fees[_day(amount.time)] += amount.value
    days, net = [], ZERO
    for day in sorted({*gain, *income, *fees}):
        net += gain[day] + income[day] - fees[day]
        days.append(Day(day, gain[day], income[day], fees[day], net))
    return days


def _day(time: datetime) -> date:
    return time.astimezone(UTC).date()
