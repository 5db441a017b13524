"""One budget for all workers, in Redis."""

import pytest
from django.conf import LazySettings

from enrichment.providers.budget import Budget
from enrichment.providers.prices.jupiter import dollar_prices
from jobs.errors import RateLimited
from jobs.fence.connection import client
from tests.outside import Outside


@pytest.fixture(autouse=True)
def fresh(settings: LazySettings) -> None:
    """Three requests an hour."""
    client().flushall()
    settings.PROVIDER_BUDGETS = {"jupiter": "3/h"}


def test_so_many_requests_pass_at_once_and_the_next_is_told_when() -> None:
    for _ in range(3):
        Budget("jupiter").spend()
    with pytest.raises(RateLimited, match="the budget of jupiter \\(3/h\\) is spent") as told:
        Budget("jupiter").spend()
    assert told.value.delay == pytest.approx(1200, abs=5)


def test_a_refused_request_does_not_push_the_next_one_further_away() -> None:
    for _ in range(3):
        Budget("jupiter").spend()
    for _ in range(5):
        with pytest.raises(RateLimited) as told:
            Budget("jupiter").spend()
    assert told.value.delay == pytest.approx(1200, abs=5)


def test_what_a_provider_asks_one_to_wait_holds_for_all() -> None:
    Budget("jupiter").hold(60)
    Budget("jupiter").hold(30)
    with pytest.raises(RateLimited) as told:
        Budget("jupiter").spend()
    assert told.value.delay == pytest.approx(60, abs=1)


def test_a_provider_without_a_budget_is_not_held_back() -> None:
    Budget("somebody").hold(60)
    for _ in range(10):
        Budget("somebody").spend()


def test_a_wait_within_the_patience_is_waited_for(settings: LazySettings) -> None:
    settings.PROVIDER_BUDGETS = {"jupiter": "50/s"}
    for _ in range(52):
        Budget("jupiter").spend()


def test_without_redis_nobody_is_held_back(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.fence.connection._clients", {})
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    for _ in range(5):
        Budget("jupiter").spend()


def test_a_429_of_one_worker_is_heard_by_the_next(outside: Outside) -> None:
    with outside.faults(status_429=1, retry_after=77, paths=["/jupiter"]), pytest.raises(RateLimited):
        dollar_prices(["1" * 44])
    with pytest.raises(RateLimited, match="budget") as told:
        dollar_prices(["1" * 44])
    assert told.value.delay == pytest.approx(77, abs=2)
