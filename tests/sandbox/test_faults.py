"""Faults on purpose: read from text and JSON, drawn repeatably, shown over HTTP."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx2
import pytest

from sandbox.faults import BadFaultsError, FaultInjector, Faults, faults_from_json, faults_from_text
from tests.sandbox.conftest import Server

Start = Callable[..., AbstractContextManager[Server]]


def test_faults_are_read_from_the_command_line() -> None:
    text = "429=0.1, 500=0.05,latency=200ms,timeout=0.01,retry_after=7,paths=/helius+/solana"
    assert faults_from_text(text) == Faults(0.1, 0.05, 0.01, 200, 7, ("/helius", "/solana"))
    assert faults_from_text("") == Faults()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("429", "'429' is not of the form name=value"),
        ("429=often", "429 is a number, not 'often'"),
        ("418=1", "unknown fault '418'; known are 429, 500, timeout, latency, retry_after, paths"),
        ("500=-0.1", "500 is a share between 0 and 1, not -0.1"),
        ("429=0.7,500=0.7", "the shares of 429, 500 and timeout add up to more than 1"),
        ("latency=-5", "latency and retry_after must not be negative"),
    ],
)
def test_faults_that_make_no_sense_are_refused(text: str, message: str) -> None:
    with pytest.raises(BadFaultsError) as refusal:
        faults_from_text(text)
    assert str(refusal.value) == message


def test_what_is_shown_can_be_set_again() -> None:
    faults = Faults(0.2, 0.1, 0.0, 30, 2, ("/solana",))
    assert faults_from_json(faults.as_json()) == faults


def test_the_same_seed_draws_the_same_fates_in_the_asked_shares() -> None:
    faults = Faults(rate_limited=0.2, server_error=0.1, timeout=0.05)
    one, two = FaultInjector(faults, 3), FaultInjector(faults, 3)
    fates = [one.verdict("/solana").failure for _ in range(4_000)]
    assert fates == [two.verdict("/solana").failure for _ in range(4_000)]
    counts = Counter(fates)
    assert 700 < counts["rate_limited"] < 900
    assert 320 < counts["server_error"] < 480
    assert 140 < counts["timeout"] < 260


def test_only_the_named_paths_fail() -> None:
    injector = FaultInjector(Faults(server_error=1.0, paths=("/helius",)), 1)
    assert injector.verdict("/helius/v0/transactions").failure == "server_error"
    assert injector.verdict("/solana").failure is None


def test_faults_are_switched_while_the_server_runs(start: Start) -> None:
    with start("--faults", "429=1,retry_after=3") as running:
        control = f"{running.url}/sandbox/faults"
        call = {"jsonrpc": "2.0", "id": 1, "method": "getHealth"}
        limited = httpx2.post(f"{running.url}/solana", json=call)
        assert (limited.status_code, limited.headers["retry-after"]) == (429, "3")
        prices = httpx2.get(f"{running.url}/coingecko/api/v3/ping")
        assert prices.json()["status"]["error_code"] == 429
        assert httpx2.get(control).json()["429"] == 1.0
        assert httpx2.put(control, json={"500": 1}).json()["500"] == 1.0
        assert httpx2.post(f"{running.url}/solana", json=call).status_code == 500
        assert httpx2.put(control, json={"timeout": 1}).status_code == 200
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.post(f"{running.url}/solana", json=call, timeout=0.5)
        refused = httpx2.put(control, json={"503": 1})
        assert (refused.status_code, "unknown fault '503'" in refused.text) == (400, True)
        httpx2.put(control, json={})
        assert httpx2.post(f"{running.url}/solana", json=call).json()["result"] == "ok"
