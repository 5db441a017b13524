"""The similarities equal scikit-learn's, over vectors by chance and over wallets of the sandbox."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from celery.result import AsyncResult
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import pairwise_distances
from sklearn.metrics.pairwise import cosine_similarity, manhattan_distances
from sklearn.preprocessing import normalize

from analysis.flows.wallets import compare_wallets
from analysis.services.similarity.compare import VectorKind, compare
from analysis.services.similarity.vectors import WalletVector
from enrichment.providers.solana.programs import MONEY, SOL_MINT
from jobs import testing
from tests.outside import Outside, outside

__all__ = ["outside"]

MINTS = [f"mint-{number}" for number in range(12)]
lamports = st.integers(min_value=0, max_value=10**15).map(lambda number: Decimal(number).scaleb(-9))
wallets = st.lists(st.dictionaries(st.sampled_from(MINTS), lamports, min_size=1), min_size=2, max_size=8)


def table(capital: list[dict[str, Decimal]]) -> tuple[Any, Any]:
    """What each wallet put into each token, and whether it traded it at all, as scikit-learn takes them."""
    mints = sorted({mint for one in capital for mint in one})
    put = np.array([[float(one.get(mint, 0)) for mint in mints] for one in capital])
    return put, np.array([[mint in one for mint in mints] for one in capital])


def expected(capital: list[dict[str, Decimal]]) -> dict[str, dict[str, Any]]:
    """All measures by scikit-learn. Ruzicka's follows from sums and Manhattan distances."""
    put, traded = table(capital)
    shares = normalize(put, norm="l1")
    sums = shares.sum(axis=1)[:, None] + shares.sum(axis=1)[None, :]
    apart = manhattan_distances(shares)
    weighted = np.divide(sums - apart, sums + apart, out=np.zeros_like(sums), where=sums + apart > 0)
    return {
        "capital": {"cosine": cosine_similarity(put), "weighted_jaccard": weighted},
        "binary": {
            "cosine": cosine_similarity(traded.astype(float)),
            "jaccard": 1 - pairwise_distances(traded, metric="jaccard"),
        },
    }


def assert_equal(found: dict[str, dict[str, Any]], wanted: dict[str, dict[str, Any]]) -> None:
    """Pair by pair; a wallet with itself is one here, also when it put nothing into anything."""
    assert {kind: set(measures) for kind, measures in found.items()} == {
        kind: set(measures) for kind, measures in wanted.items()
    }
    for kind, measures in wanted.items():
        for name, matrix in measures.items():
            np.fill_diagonal(matrix, 1.0)
            assert np.allclose(np.array(found[kind][name], dtype=float), matrix, atol=1e-9), (kind, name)


@given(wallets)
def test_vectors_by_chance_compare_as_with_scikit_learn(capital: list[dict[str, Decimal]]) -> None:
    vectors = [WalletVector(str(number), one) for number, one in enumerate(capital)]
    assert_equal(compare(vectors, list(VectorKind), 0).matrices, expected(capital))


@pytest.mark.django_db
def test_wallets_of_the_sandbox_compare_as_with_scikit_learn(outside: Outside) -> None:
    addresses = [outside.address(label) for label in ("Whale 1", "Loser 1", "Loser 2", "Swing 1")]
    with testing.inline():
        started = compare_wallets(addresses, min_shared_tokens=0)
    result = AsyncResult(started.flow.steps[-1].uid).get(timeout=1)
    assert result["wallets"] == addresses
    capital = [bought(outside, address) for address in addresses]
    assert all(len(one) > 1 for one in capital)
    assert_equal(result["matrices"], expected(capital))


def bought(outside: Outside, address: str) -> dict[str, Decimal]:
    """The SOL that a wallet meant to put into each token, from its own ledger."""
    put: dict[str, Decimal] = {}
    for moment in outside.ledger(address):
        for leg in moment.meaning.legs:
            mint = leg.bought_mint if leg.bought_mint not in MONEY else leg.sold_mint
            paid = Decimal(leg.sold_amount).scaleb(-9) if leg.sold_mint == SOL_MINT else Decimal(0)
            put[mint] = put.get(mint, Decimal(0)) + paid
    return put
