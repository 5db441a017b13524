"""One budget for all workers, in Redis."""

import pytest
from django.conf import LazySettings

from enrichment.providers.budget import Budget, Provider
from enrichment.providers.prices.jupiter import dollar_prices
from jobs.errors import RateLimited
from jobs.fence.connection import client
from tests.outside import Outside

JUPITER = Budget(Provider.JUPITER)


@pytest.fixture(autouse=True)
def fresh(settings: LazySettings) -> None:
    """Three requests an hour."""
    client().flushall()
    settings.PROVIDER_BUDGETS = {"jupiter": "3/h"}


def test_so_many_requests_pass_at_once_and_the_next_is_told_when() -> None:
    for _ in range(3):
        JUPITER.spend()
    with pytest.raises(RateLimited, match="the budget of jupiter \\(3/h\\) is spent") as told:
        JUPITER.spend()
    assert told.value.delay == pytest.approx(1200, abs=5)


def test_a_refused_request_does_not_push_the_next_one_further_away() -> None:
    for _ in range(3):
        JUPITER.spend()
    for _ in range(5):
        with pytest.raises(RateLimited) as told:
            JUPITER.spend()
    assert told.value.delay == pytest.approx(1200, abs=5)


def test_what_a_provider_asks_one_to_wait_holds_for_all() -> None:
    JUPITER.hold(60)
    JUPITER.hold(30)
    with pytest.raises(RateLimited) as told:
        JUPITER.spend()
    assert told.value.delay == pytest.approx(60, abs=1)


def test_a_provider_without_a_rate_is_not_held_back_until_it_asks_for_it(settings: LazySettings) -> None:
    settings.PROVIDER_LIMITS = {}
    for _ in range(10):
        Budget(Provider.X).spend()
    Budget(Provider.X).hold(60)
    with pytest.raises(RateLimited, match="the budget of x is spent"):
        Budget(Provider.X).spend()


def test_what_a_provider_publishes_binds_it_and_not_what_stands_in_for_it(settings: LazySettings) -> None:
    settings.PROVIDER_LIMITS = {"jupiter": "1/h", "x": "1/h"}
    assert (str(Budget(Provider.X).rate), Budget(Provider.X, local=True).rate) == ("1/h", None)
    assert str(Budget(Provider.JUPITER, local=True).rate) == str(JUPITER.rate) == "3/h"  # the site decided


def test_each_part_of_a_provider_has_a_budget_of_its_own() -> None:
    Budget(Provider.FEEDS, "one.example").hold(60)
    Budget(Provider.FEEDS, "other.example").spend()
    with pytest.raises(RateLimited, match=r"feeds:one\.example"):
        Budget(Provider.FEEDS, "one.example").spend()


def test_many_requests_at_once_cost_what_they_are() -> None:
    JUPITER.spend(3)
    with pytest.raises(RateLimited) as told:
        JUPITER.spend()
    assert told.value.delay == pytest.approx(1200, abs=5)


def test_a_wait_within_the_patience_is_waited_for(settings: LazySettings) -> None:
    settings.PROVIDER_BUDGETS = {"jupiter": "50/s"}
    for _ in range(52):
        JUPITER.spend()


def test_patience_is_with_the_turn_and_not_with_what_the_provider_asks_for(settings: LazySettings) -> None:
    settings.PROVIDER_BUDGETS = {"solana-node": "10/s"}
    hasty, patient = (Budget(Provider.SOLANA_NODE, patience=seconds) for seconds in (0.0, 60.0))
    hasty.spend(12)
    with pytest.raises(RateLimited):
        hasty.spend()
    patient.spend()
    patient.hold(4)
    with pytest.raises(RateLimited, match="budget of solana-node"):
        patient.spend()


def test_without_redis_nobody_is_held_back(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.fence.connection._clients", {})
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    for _ in range(5):
        JUPITER.spend()


def test_a_429_of_one_worker_is_heard_by_the_next(outside: Outside) -> None:
    with outside.faults(status_429=1, retry_after=77, paths=["/jupiter"]):
        with pytest.raises(RateLimited, match="asks to wait"):
            dollar_prices(["1" * 44])
        with pytest.raises(RateLimited, match="budget") as told:
            dollar_prices(["1" * 44])
    assert told.value.delay == pytest.approx(77, abs=2)
