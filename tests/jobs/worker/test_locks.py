"""Locks between jobs and cached results, on real Valkey."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from jobs import LockBusy, LockLost, cache_result, hours, lock, minutes
from jobs.fence import connection as redis_connection
from jobs.fence import keys
from jobs.fence.connection import client
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    client().flushall()


def test_a_lock_that_is_held_is_busy_and_free_again_after_the_block() -> None:
    with lock("wallet:a:sync"):
        with pytest.raises(LockBusy, match="wallet:a:sync"), lock("wallet:a:sync"):
            pass
        with lock("wallet:b:sync"):
            pass
    with lock("wallet:a:sync"):
        pass


def test_a_lock_is_given_back_when_the_block_fails() -> None:
    with pytest.raises(LookupError), lock("a"):
        raise LookupError
    assert client().get(keys.lock("a")) is None


def test_a_lock_is_renewed_for_as_long_as_its_block_lasts() -> None:
    began = time.monotonic()
    with lock("a", life=0.3) as held:
        wait_until(lambda: time.monotonic() - began > 1.0, 10)
        held.check()
        assert client().get(keys.lock("a")) is not None


def test_a_lock_that_somebody_took_is_noticed_by_check_and_at_the_end_and_not_released() -> None:
    @contextmanager
    def robbed() -> Iterator[None]:
        with lock("a", life=0.3) as held:
            client().set(keys.lock("a"), "somebody else")
            wait_until(lambda: held.lost, 10)
            with pytest.raises(LockLost):
                held.check()
            yield

    with pytest.raises(LockLost, match="'a' was lost"), robbed():
        pass
    assert client().get(keys.lock("a")) == "somebody else"


def test_a_lock_that_was_lost_unseen_is_noticed_at_the_end() -> None:
    with pytest.raises(LockLost), lock("a", life=30):
        client().delete(keys.lock("a"))


def test_an_error_of_the_block_is_not_hidden_by_the_loss() -> None:
    def fail() -> None:
        client().delete(keys.lock("a"))
        raise LookupError

    with pytest.raises(LookupError), lock("a", life=30):
        fail()


def test_a_result_is_computed_once_for_equal_arguments() -> None:
    seen: list[tuple[str, int]] = []

    @cache_result(minutes(1))
    def price(coin: str, days: int = 7) -> dict[str, Any]:
        seen.append((coin, days))
        return {"coin": coin, "days": days}

    answers = [price("sol"), price(coin="sol", days=7), price("sol", 8)]
    assert answers == [{"coin": "sol", "days": 7}, {"coin": "sol", "days": 7}, {"coin": "sol", "days": 8}]
    assert seen == [("sol", 7), ("sol", 8)]


def test_none_is_a_result_and_an_error_is_not() -> None:
    seen: list[str] = []

    @cache_result(hours(1))
    def look(what: str) -> None:
        seen.append(what)
        if what == "bad":
            raise LookupError(what)

    look("good")
    look("good")
    for _ in range(2):
        with pytest.raises(LookupError):
            look("bad")
    assert seen == ["good", "bad", "bad"]


def test_a_result_lapses() -> None:
    seen: list[int] = []

    @cache_result(0.2)
    def now() -> int:
        seen.append(1)
        return len(seen)

    assert now() == 1
    wait_until(lambda: now() == 2, 10)


def test_of_many_that_ask_at_once_one_computes() -> None:
    seen: list[int] = []
    go = threading.Event()

    @cache_result(60)
    def slow() -> int:
        seen.append(1)
        go.wait(10)
        return 42

    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(slow())) for _ in range(5)]
    for thread in threads:
        thread.start()
    wait_until(lambda: seen, 10)
    go.set()
    for thread in threads:
        thread.join(30)
    assert (answers, seen) == ([42] * 5, [1])


def test_without_redis_the_function_is_called(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(redis_connection, "_clients", {})

    @cache_result(60)
    def answer() -> int:
        return 42

    assert answer() == 42


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_cache_that_keeps_nothing_is_refused_at_its_declaration(seconds: float) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        cache_result(seconds)
