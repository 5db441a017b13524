"""Weights and order counts, with a clock that the test holds."""

import pytest

from sandbox.exchange.limits import Limits
from sandbox.http import HttpError


def test_weight_adds_up_within_a_minute_and_is_told() -> None:
    limits = Limits(weight=100)
    assert limits.charge("maker", 40, 0.0)["x-mbx-used-weight-1m"] == "40"
    assert limits.charge("maker", 60, 30.0)["x-mbx-used-weight-1m"] == "100"
    assert limits.charge("taker", 60, 30.0)["x-mbx-used-weight-1m"] == "60"
    assert limits.charge("maker", 20, 60.0)["x-mbx-used-weight-1m"] == "20"


def test_beyond_the_limit_comes_429_until_the_minute_is_over() -> None:
    limits = Limits(weight=100)
    limits.charge("maker", 100, 10.0)
    with pytest.raises(HttpError) as refused:
        limits.charge("maker", 1, 20.5)
    assert (refused.value.status, refused.value.body["code"]) == (429, -1003)
    assert refused.value.headers == {"retry-after": "40"}


def test_who_goes_on_in_spite_of_it_is_banned_with_418_and_let_in_again() -> None:
    limits = Limits(weight=10)
    limits.charge("maker", 10, 0.0)
    statuses = []
    for moment in range(1, 14):
        with pytest.raises(HttpError) as refused:
            limits.charge("maker", 1, float(moment))
        statuses.append(refused.value.status)
    assert statuses == [429] * 11 + [418] * 2
    assert refused.value.headers == {"retry-after": "118"}
    assert limits.charge("maker", 1, 131.5) == {"x-mbx-used-weight": "1", "x-mbx-used-weight-1m": "1"}


def test_orders_are_counted_over_ten_seconds() -> None:
    limits = Limits(orders=2)
    limits.charge_order("maker", 1.0)
    limits.charge_order("maker", 2.0)
    assert limits.order_headers("maker", 3.0) == {"x-mbx-order-count-10s": "2"}
    with pytest.raises(HttpError) as refused:
        limits.charge_order("maker", 4.0)
    assert (refused.value.status, refused.value.body["code"], refused.value.headers["retry-after"]) == (
        429,
        -1015,
        "6",
    )
    limits.charge_order("maker", 10.0)
