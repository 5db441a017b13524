"""Concentration equals what scikit-learn's Lorenz areas and shares give."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc
from sklearn.preprocessing import normalize

from analysis.services.risk.concentration import gini, hhi, share_of_largest

AMOUNTS = st.lists(st.integers(0, 10**15), min_size=2, max_size=60).filter(any)


@given(AMOUNTS)
def test_gini_is_what_the_lorenz_curve_leaves(amounts: list[int]) -> None:
    total = sum(amounts)
    curve = [0.0, *(part / total for part in accumulate(sorted(amounts)))]
    people = np.linspace(0, 1, len(amounts) + 1)
    assert float(gini(amounts)) == pytest.approx(1 - 2 * auc(people, curve), abs=1e-9)


@given(AMOUNTS)
def test_hhi_and_the_share_of_the_ten_largest_are_those_of_normalised_shares(amounts: list[int]) -> None:
    shares = normalize(np.array([amounts], dtype=float), norm="l1")[0]
    total = sum(amounts)
    assert float(hhi(amounts, total)) == pytest.approx(float(shares @ shares), rel=1e-9)
    largest = np.sort(shares)[::-1][:10].sum()
    assert float(share_of_largest(amounts, total)) == pytest.approx(float(largest), rel=1e-9)
