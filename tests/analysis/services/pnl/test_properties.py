"""What holds for every history, against an independent model and the flow of money."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from analysis.services.pnl.entries import Entry, Kind
from analysis.services.pnl.exact import exactly
from analysis.services.pnl.lots import Method
from analysis.services.pnl.matching import Basis
from analysis.services.pnl.report import Report, calculate
from tests.analysis.services.pnl.histories import entry

ASSETS = ("BTC", "SOL")
METHODS = st.sampled_from(Method)
LOT_METHODS = st.sampled_from([Method.FIFO, Method.LIFO, Method.HIFO])
QUANTITIES = st.decimals("0.001", "50", places=3).map(str)
PRICES = st.decimals("0", "100", places=2).map(str)
FEES = st.decimals("0", "2", places=3).map(str)


@st.composite
def histories(draw: st.DrawFn, kinds: tuple[str, ...] = tuple(Kind), fees: bool = True) -> list[Entry]:
    found = []
    for day in sorted(draw(st.lists(st.integers(0, 30), max_size=25))):
        kind, asset = draw(st.sampled_from(kinds)), draw(st.sampled_from(ASSETS))
        quantity, price = draw(QUANTITIES), draw(PRICES)
        fee_asset = draw(st.sampled_from([None, *ASSETS])) if fees else None
        fee = draw(FEES) if fees else "0"
        eats_all = fee_asset == asset and Decimal(fee) >= Decimal(quantity)
        fee = "0" if eats_all else fee
        found.append(entry(day, kind, quantity, price, fee=fee, fee_asset=fee_asset, asset=asset))
    return found


def model_costs(history: list[Entry], method: Method) -> list[Fraction]:
    """Cost of each sale, by walking all lots again and again, in fractions; fees in money only."""
    lots: list[tuple[int, Fraction, list[Fraction]]] = []
    costs = []
    for at, item in enumerate(history):
        quantity = Fraction(item.quantity)
        if item.acquires:
            lots.append((at, (Fraction(item.value) + Fraction(item.fee)) / quantity, [quantity]))
        elif item.kind is Kind.SELL:
            order = {
                Method.FIFO: lambda lot: (lot[0],),
                Method.LIFO: lambda lot: (-lot[0],),
                Method.HIFO: lambda lot: (-lot[1], lot[0]),
            }[method]
            cost = Fraction(0)
            for _, unit_cost, left in sorted(lots, key=order):
                part = min(quantity, left[0])
                left[0] -= part
                quantity -= part
                cost += part * unit_cost
            costs.append(cost)
    return costs


def paid_and_received(history: list[Entry]) -> Decimal:
    flows = [Decimal(0)]
    for item in history:
        if item.kind is Kind.SELL:
            flows.append(item.value)
        if item.kind is Kind.BUY:
            flows.append(-item.value)
        if item.fee_asset is None:
            flows.append(-item.fee)
    return sum(flows, Decimal(0))


def in_total(report: Report, name: str) -> Decimal:
    return sum((getattr(match, name) for match in report.matches), Decimal(0))


@given(histories(), METHODS)
def test_net_is_the_money_that_flowed_plus_the_cost_of_what_is_held(
    history: list[Entry], method: Method
) -> None:
    totals = calculate(history, method).totals
    with exactly():
        assert totals.net == paid_and_received(history) + totals.open_cost


@given(histories(), METHODS)
def test_the_matches_add_up_to_the_totals_to_the_last_digit(history: list[Entry], method: Method) -> None:
    report = calculate(history, method)
    with exactly():
        for name in ("proceeds", "cost_basis", "gain"):
            assert in_total(report, name) == getattr(report.totals, name)
        assert all(match.gain == match.proceeds - match.cost_basis for match in report.matches)
        assert report.totals.gain == report.totals.proceeds - report.totals.cost_basis


@given(histories(), METHODS)
def test_no_quantity_appears_or_disappears(history: list[Entry], method: Method) -> None:
    for sums in calculate(history, method).assets.values():
        units = sums.quantities
        assert units.held == units.acquired - units.sold - units.spent_on_fees + units.missing
        assert units.held >= 0


@given(histories(), METHODS)
def test_no_lot_gives_more_than_it_had_nor_before_it_was_acquired(
    history: list[Entry], method: Method
) -> None:
    for match in calculate(history, method).matches:
        assert match.quantity > 0
        assert match.cost_basis >= 0
        assert match.acquired_at is None or match.acquired_at <= match.sold_at


@given(histories(kinds=("buy", "sell", "income")).filter(bool), LOT_METHODS)
def test_lots_cost_what_an_independent_model_says(history: list[Entry], method: Method) -> None:
    money_only = [Entry(item.time, item.kind, "BTC", item.quantity, item.value, item.fee) for item in history]
    expected = model_costs(money_only, method)
    total = Fraction(calculate(money_only, method).totals.cost_basis)
    assert abs(total - sum(expected)) <= Fraction(len(history), 10**49)


@given(histories(kinds=("buy", "sell")))
def test_average_cost_is_the_pool_shared_by_quantity(history: list[Entry]) -> None:
    money_only = [Entry(item.time, item.kind, "BTC", item.quantity, item.value, item.fee) for item in history]
    held = cost = expected = Fraction(0)
    for item in money_only:
        if item.kind is Kind.BUY:
            held, cost = held + Fraction(item.quantity), cost + Fraction(item.value) + Fraction(item.fee)
        elif held:
            part = min(held, Fraction(item.quantity))
            taken = cost * part / held
            held, cost, expected = held - part, cost - taken, expected + taken
    total = Fraction(calculate(money_only, Method.AVERAGE).totals.cost_basis)
    assert abs(total - expected) <= Fraction(1, 10**49)


@given(histories(kinds=("buy", "income"), fees=False), PRICES)
def test_every_method_reports_the_same_once_everything_is_sold(history: list[Entry], price: str) -> None:
    held = calculate(history, Method.FIFO).assets
    sales = [entry(99, "sell", str(sums.quantities.held), price, asset=asset) for asset, sums in held.items()]
    totals = [calculate([*history, *sales], method).totals for method in Method]
    assert totals == [totals[0]] * len(Method)
    assert totals[0].open_cost == 0


@given(histories(kinds=("buy",)), QUANTITIES, METHODS)
def test_no_method_gains_less_on_a_single_sale_than_hifo(
    history: list[Entry], quantity: str, other: Method
) -> None:
    money_only = [Entry(buy.time, buy.kind, "BTC", buy.quantity, buy.value, buy.fee) for buy in history]
    sale = entry(99, "sell", quantity, "50")
    hifo = calculate([*money_only, sale], Method.HIFO).totals.gain
    assert hifo <= calculate([*money_only, sale], other).totals.gain


@given(histories(), METHODS)
def test_transfers_without_fee_change_nothing(history: list[Entry], method: Method) -> None:
    moves = [entry(day, "transfer", "3", asset=asset) for day in (0, 7, 15) for asset in ASSETS]
    before, after = calculate(history, method), calculate([*history, *moves], method)
    assert (before.matches, before.open_lots, before.totals) == (after.matches, after.open_lots, after.totals)


@given(histories(fees=False), METHODS)
def test_assets_do_not_touch_each_other(history: list[Entry], method: Method) -> None:
    together = calculate(history, method)
    for asset in together.assets:
        alone = calculate([item for item in history if item.asset == asset], method)
        assert alone.assets[asset] == together.assets[asset]
        assert alone.matches == [match for match in together.matches if match.asset == asset]


@given(histories(), METHODS)
def test_missing_proceeds_are_those_of_matches_without_basis(history: list[Entry], method: Method) -> None:
    report = calculate(history, method)
    without = [match for match in report.matches if match.basis is Basis.MISSING]
    with exactly():
        assert report.totals.missing_proceeds == sum((match.proceeds for match in without), Decimal(0))
    assert all(match.cost_basis == 0 for match in without)
