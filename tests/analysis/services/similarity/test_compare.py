"""Similarities worked out by hand, and what holds for all of them."""

from decimal import Decimal
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.services.similarity.compare import Comparison, VectorKind, compare
from analysis.services.similarity.vectors import WalletVector

BOTH = (VectorKind.CAPITAL, VectorKind.BINARY)


def vector(name: str, **capital: float) -> WalletVector:
    """A wallet that put so much SOL into each token."""
    return WalletVector(name, {mint: Decimal(str(amount)) for mint, amount in capital.items()})


def pair(one: WalletVector, other: WalletVector, least: int = 1) -> dict[str, dict[str, float | None]]:
    """The scores of two wallets."""
    found = compare([one, other], BOTH, least)
    return {
        kind: {name: matrix[0][1] for name, matrix in measures.items()}
        for kind, measures in found.matrices.items()
    }


def test_two_wallets_worked_out_by_hand() -> None:
    found = pair(vector("x", A=3, B=4), vector("y", B=4, C=3))
    assert found["capital"]["cosine"] == pytest.approx(16 / 25)
    # Shares (3/7, 4/7, 0) and (0, 4/7, 3/7): the smaller add up to 4/7, the greater to 10/7.
    assert found["capital"]["weighted_jaccard"] == pytest.approx(4 / 10)
    assert found["binary"] == {"cosine": pytest.approx(1 / 2), "jaccard": pytest.approx(1 / 3)}


def test_three_tokens_of_which_two_are_shared() -> None:
    found = pair(vector("x", A=1, B=2, C=2), vector("y", A=2, B=1))
    assert found["capital"]["cosine"] == pytest.approx(4 / (3 * sqrt(5)))
    # (.2, .4, .4) and (2/3, 1/3, 0): (1/5 + 1/3) / (2/3 + 2/5 + 2/5).
    assert found["capital"]["weighted_jaccard"] == pytest.approx((8 / 15) / (22 / 15))
    assert found["binary"] == {"cosine": pytest.approx(2 / sqrt(6)), "jaccard": pytest.approx(2 / 3)}


def test_the_same_allocation_is_the_same_whatever_the_size() -> None:
    found = pair(vector("x", A=1, B=2), vector("y", A=1_000, B=2_000))
    assert found["capital"] == {"cosine": pytest.approx(1), "weighted_jaccard": pytest.approx(1)}


def test_strangers_are_zero_when_no_token_need_be_shared_and_not_compared_otherwise() -> None:
    strangers = vector("x", A=1), vector("y", B=1)
    assert pair(*strangers, least=0)["binary"]["jaccard"] == 0
    assert pair(*strangers, least=1)["binary"]["jaccard"] is None
    alike = vector("x", A=1, B=1), vector("y", A=1, B=1)
    assert pair(*alike, least=2)["binary"]["jaccard"] == 1
    assert pair(*alike, least=3)["binary"]["jaccard"] is None


def test_a_token_that_was_only_sold_counts_as_traded_and_not_as_capital() -> None:
    found = pair(vector("x", A=0), vector("y", A=1))
    assert (found["binary"]["jaccard"], found["capital"]["cosine"]) == (1, 0)


def test_only_the_kinds_that_are_asked_for_are_there() -> None:
    found = compare([vector("x", A=1), vector("y", A=1)], [VectorKind.BINARY], 1)
    assert (list(found.matrices), found.shared) == (["binary"], [[1, 1], [1, 1]])


lamports = st.integers(min_value=0, max_value=10**18).map(lambda number: Decimal(number).scaleb(-9))
amounts = st.dictionaries(st.sampled_from("ABCDEFGH"), lamports, min_size=1)
wallets = st.lists(amounts, min_size=2, max_size=6).map(
    lambda rows: [WalletVector(str(number), row) for number, row in enumerate(rows)]
)


@given(wallets)
def test_every_matrix_is_symmetric_within_bounds_and_one_on_its_diagonal(vectors: list[WalletVector]) -> None:
    found: Comparison = compare(vectors, BOTH, 0)
    for measures in found.matrices.values():
        for matrix in measures.values():
            for row, line in enumerate(matrix):
                assert line[row] == 1.0
                for column, value in enumerate(line):
                    assert value == matrix[column][row]
                    assert value is not None
                    assert 0.0 <= value <= 1.0


@given(wallets)
def test_the_arithmetic_equals_the_formulas_written_out(vectors: list[WalletVector]) -> None:
    found = compare(vectors, BOTH, 0)
    for row, one in enumerate(vectors):
        for column, other in enumerate(vectors):
            if row == column:
                continue
            both, either = one.tokens & other.tokens, one.tokens | other.tokens
            assert found.shared[row][column] == len(both)
            assert found.matrices["binary"]["jaccard"][row][column] == pytest.approx(len(both) / len(either))
            product = len(both) / sqrt(len(one.tokens) * len(other.tokens))
            assert found.matrices["binary"]["cosine"][row][column] == pytest.approx(product)
            assert found.matrices["capital"]["cosine"][row][column] == pytest.approx(
                _cosine(one, other), abs=1e-9
            )


def _cosine(one: WalletVector, other: WalletVector) -> float:
    dot = sum(one.capital[mint] * other.capital[mint] for mint in one.tokens & other.tokens)
    lengths = [sum(value * value for value in wallet.capital.values()).sqrt() for wallet in (one, other)]  # type: ignore[union-attr]  # never empty
    return float(dot / (lengths[0] * lengths[1])) if all(lengths) else 0.0
