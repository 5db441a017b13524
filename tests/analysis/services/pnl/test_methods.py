"""Hand-worked and published examples of the four methods."""

from decimal import Decimal
from fractions import Fraction

import pytest

from analysis.services.pnl.exact import plain
from analysis.services.pnl.lots import Method
from analysis.services.pnl.report import Report, calculate
from tests.analysis.services.pnl.histories import entry, on_day, values

THREE_LOTS = [
    entry(1, "buy", "1", "100", fee="1"),  # costs 101
    entry(2, "buy", "2", "300", fee="2"),  # costs 602, 301 each
    entry(3, "buy", "1", "200"),  # costs 200
    entry(4, "sell", "2.5", "400", fee="5"),  # brings 1000 - 5 = 995, 398 each
]


def pieces(report: Report) -> list[tuple[object, ...]]:
    """Day acquired, quantity, proceeds, cost basis, gain."""
    return [
        (
            (match.acquired_at - on_day(0)).days if match.acquired_at else None,
            *map(plain, (match.quantity, match.proceeds, match.cost_basis, match.gain)),
        )
        for match in report.matches
    ]


def test_fifo_sells_the_oldest_lots_first() -> None:
    report = calculate(THREE_LOTS, Method.FIFO)
    assert pieces(report) == [
        (1, "1", "398", "101", "297"),
        (2, "1.5", "597", "451.5", "145.5"),  # 1.5 x 301; 597 - 451.5
    ]
    assert report.totals.gain == Decimal("442.5")
    assert [values(lot.quantity, lot.cost_basis) for lot in report.open_lots] == [
        (Decimal("0.5"), Decimal("150.5")),
        (Decimal(1), Decimal(200)),
    ]


def test_lifo_sells_the_youngest_lots_first() -> None:
    report = calculate(THREE_LOTS, Method.LIFO)
    assert pieces(report) == [
        (3, "1", "398", "200", "198"),
        (2, "1.5", "597", "451.5", "145.5"),
    ]
    assert report.totals.gain == Decimal("343.5")


def test_hifo_sells_the_lots_with_the_highest_unit_cost_first() -> None:
    report = calculate(THREE_LOTS, Method.HIFO)
    assert pieces(report) == [
        (2, "2", "796", "602", "194"),  # 2 x 398
        (3, "0.5", "199", "100", "99"),
    ]
    assert report.totals.gain == 293


def test_average_cost_sells_from_one_pool() -> None:
    report = calculate(THREE_LOTS, Method.AVERAGE)
    # The pool costs 101 + 602 + 200 = 903 for 4; 2.5 of them cost 903 x 2.5 / 4 = 564.375.
    assert pieces(report) == [(None, "2.5", "995", "564.375", "430.625")]
    assert report.totals.open_cost == Decimal("338.625")


def test_the_fee_decides_which_lot_is_the_most_expensive() -> None:
    history = [
        entry(1, "buy", "1", "100", fee="3"),
        entry(2, "buy", "1", "102"),
        entry(3, "sell", "1", "100"),
    ]
    assert calculate(history, Method.HIFO).totals.cost_basis == 103


def test_hifo_takes_the_oldest_of_equally_expensive_lots() -> None:
    history = [entry(1, "buy", "1", "5"), entry(2, "buy", "2", "5"), entry(3, "sell", "1", "9")]
    assert calculate(history, Method.HIFO).matches[0].acquired_at == on_day(1)


@pytest.mark.parametrize("method", list(Method))
def test_a_lot_bought_after_the_sale_is_never_used(method: Method) -> None:
    history = [entry(1, "buy", "1", "10"), entry(2, "sell", "1", "20"), entry(3, "buy", "1", "90")]
    assert calculate(history, method).totals.gain == 10


@pytest.mark.parametrize(
    ("method", "cost_of_goods_sold", "ending_inventory"),
    [(Method.FIFO, 7200, 8955), (Method.LIFO, 7380, 8775), (Method.AVERAGE, 7253, 8902)],
)
def test_the_perpetual_inventory_example_of_openstax_financial_accounting_comes_out(
    method: Method, cost_of_goods_sold: int, ending_inventory: int
) -> None:
    """OpenStax, Principles of Accounting 1, chapter 10.3: the book rounds to whole dollars."""
    history = [
        entry(1, "buy", "150", "21"),
        entry(5, "sell", "120", "36"),
        entry(10, "buy", "225", "27"),
        entry(15, "sell", "180", "39"),
        entry(25, "buy", "210", "33"),
    ]
    totals = calculate(history, method).totals
    assert totals.proceeds == 120 * 36 + 180 * 39
    assert round(totals.cost_basis) == cost_of_goods_sold
    assert round(totals.open_cost) == ending_inventory


def test_the_pooling_example_of_the_british_tax_authority_comes_out() -> None:
    """HMRC Cryptoassets Manual, pooling: 100 tokens for 1,000, 50 for 125,000, 50 sold for 300,000."""
    history = [
        entry(1, "buy", "100", "10"),
        entry(400, "buy", "50", "2500"),
        entry(2000, "sell", "50", "6000"),
    ]
    totals = calculate(history, Method.AVERAGE).totals
    assert values(totals.cost_basis, totals.gain, totals.open_cost) == (42_000, 258_000, 84_000)


@pytest.mark.parametrize("method", list(Method))
def test_entries_of_the_same_instant_keep_their_order(method: Method) -> None:
    sold_first = [entry(1, "sell", "1", "9"), entry(1, "buy", "1", "4")]
    assert calculate(sold_first, method).totals.missing_proceeds == 9
    assert calculate(sold_first[::-1], method).totals.missing_proceeds == 0


def test_a_third_of_a_cost_is_rounded_at_fifty_places_and_nothing_is_lost() -> None:
    thirds = [entry(1, "buy", "3", "0", fee="10"), *[entry(day, "sell", "1", "5") for day in (2, 3, 4)]]
    third = Decimal("3." + "3" * 50)
    for method in Method:
        costs = [match.cost_basis for match in calculate(thirds, method).matches]
        assert costs[0] == third
        assert max(costs) - min(costs) <= Decimal("1E-50")
        assert calculate(thirds, method).totals.cost_basis == 10


def test_rounding_leaves_no_trace_where_the_exact_value_is_finite_again() -> None:
    history = [
        entry(1, "buy", "3", "0", fee="10"),
        entry(2, "sell", "1", "5"),
        entry(3, "sell", "1.5", "5"),  # 10 x 1.5 / 3 = 5
    ]
    for method in Method:
        assert calculate(history, method).matches[1].cost_basis == 5


@pytest.mark.parametrize("method", list(Method))
def test_numbers_of_sixty_digits_lose_nothing(method: Method) -> None:
    huge, tiny = "7" * 60, "0." + "0" * 59 + "3"
    history = [
        entry(1, "buy", huge, huge, fee=tiny),
        entry(2, "buy", "7", "1", fee=tiny),
        entry(3, "sell", tiny, huge),
        entry(4, "sell", "3", tiny, fee=tiny),
    ]
    totals = calculate(history, method).totals
    paid = 2 * Fraction(tiny) + Fraction(huge) ** 2 + 7
    assert Fraction(totals.cost_basis) + Fraction(totals.open_cost) == paid
    assert Fraction(totals.proceeds) == Fraction(tiny) * Fraction(huge) + 3 * Fraction(tiny) - Fraction(tiny)
