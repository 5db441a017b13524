"""Sums of a matching, per asset and in total; every sum is exact."""

from dataclasses import dataclass, field, fields
from decimal import Decimal

from analysis.services.pnl.exact import ZERO
from analysis.services.pnl.matching import Basis, Event, Match, Matching, Spent


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
    """What is held, at given prices; None where no price was given."""

    market_value: Decimal | None = None
    unrealised: Decimal | None = None


@dataclass(slots=True)
class AssetReport:
    """One asset's sums."""

    money: Money = field(default_factory=Money)
    quantities: Quantities = field(default_factory=Quantities)
    valuation: Valuation = field(default_factory=Valuation)


def sums_per_asset(found: Matching) -> dict[str, AssetReport]:
    """Each asset's sums, without valuation; to be called within `exact.exactly`."""
    assets = {asset: AssetReport() for asset in sorted(found.assets)}
    for asset, quantity in found.acquired.items():
        assets[asset].quantities.acquired = quantity
    for match in found.matches:
        _add_match(assets[match.asset], match)
    for spent in found.spent:
        _add_spent(assets[spent.asset].quantities, spent)
    for lot in found.open_lots:
        assets[lot.asset].quantities.held += lot.quantity
        assets[lot.asset].money.open_cost += lot.cost_basis
    _add_amounts(assets, found)
    return assets


def _add_amounts(assets: dict[str, AssetReport], found: Matching) -> None:
    for income in found.income:
        assets[income.asset].money.income += income.value
    for fee in (*found.trade_fees, *found.transfer_fees):
        assets[fee.asset].money.fees += fee.value
    for fee in found.transfer_fees:
        assets[fee.asset].money.transfer_fees += fee.value
    for report in assets.values():
        report.money.net = report.money.gain + report.money.income - report.money.transfer_fees


def _add_spent(quantities: Quantities, spent: Spent) -> None:
    quantities.spent_on_fees += spent.quantity
    if spent.basis is Basis.MISSING:
        quantities.missing += spent.quantity


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


def total(parts: list[Money]) -> Money:
    """The sum of each field."""
    return Money(
        **{name.name: sum((getattr(part, name.name) for part in parts), ZERO) for name in fields(Money)}
    )
