"""What becomes of an attempt, as tables; jitter and bounds as properties."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import DependencyPending, LockBusy, OptionRefused, Permanent, RateLimited, Snooze, Transient
from jobs.retry import (
    LONGEST_DELAY,
    Again,
    Custom,
    Exponential,
    Fixed,
    GiveUp,
    Linear,
    RetryAsked,
    RetryPolicy,
    Strategy,
    Tally,
    decide,
    from_plain,
    to_plain,
)

DRAWS = st.floats(0, 1, exclude_max=True)
JITTERS = st.floats(0, 1)
DELAYS = st.floats(0, 1e6)


class ProviderDown(Exception):
    """An error that a policy may name."""


class ProviderAngry(ProviderDown):
    """A kind of the former."""


@pytest.mark.parametrize(
    ("strategy", "delays"),
    [
        (Exponential(), [1, 2, 4, 8, 16]),
        (Exponential(2), [2, 4, 8, 16, 32]),
        (Exponential(5, cap=30), [5, 10, 20, 30, 30]),
        (Exponential(1, multiplier=3), [1, 3, 9, 27, 81]),
        (Exponential(1, multiplier=1), [1, 1, 1, 1, 1]),
        (Exponential(0), [0, 0, 0, 0, 0]),
        (Linear(10), [10, 20, 30, 40, 50]),
        (Linear(10, cap=35), [10, 20, 30, 35, 35]),
        (Fixed(2), [2, 2, 2, 2, 2]),
        (Custom(lambda retry: retry * retry), [1, 4, 9, 16, 25]),
        (Custom(lambda retry: -1), [0, 0, 0, 0, 0]),
    ],
)
def test_a_strategy_gives_these_delays(strategy: Strategy, delays: list[float]) -> None:
    assert [strategy.delay(retry, 0.5) for retry in range(1, 6)] == delays


@pytest.mark.parametrize(
    ("strategy", "draw", "delay"),
    [
        (Fixed(10, jitter=1), 0.0, 10.0),
        (Fixed(10, jitter=1), 0.75, 2.5),
        (Fixed(10, jitter=0.5), 0.5, 7.5),
        (Linear(10, jitter=0.5), 0.5, 7.5),
        (Exponential(10, cap=10, jitter=1), 0.5, 5.0),
    ],
)
def test_jitter_takes_its_share_of_the_delay_away(strategy: Strategy, draw: float, delay: float) -> None:
    assert strategy.delay(1, draw) == delay


@given(first=DELAYS, retry=st.integers(1, 60), jitter=JITTERS, draw=DRAWS)
def test_jitter_stays_between_the_full_delay_and_its_share(
    first: float, retry: int, jitter: float, draw: float
) -> None:
    for steady, jittered in (
        (Exponential(first, cap=600), Exponential(first, cap=600, jitter=jitter)),
        (Linear(first, cap=600), Linear(first, cap=600, jitter=jitter)),
        (Fixed(first), Fixed(first, jitter=jitter)),
    ):
        full = steady.delay(retry, draw)
        assert full * (1 - jitter) * 0.999999 <= jittered.delay(retry, draw) <= full


@given(
    retry=st.integers(1, 10**9),
    first=st.one_of(st.integers(0, 1000), DELAYS),
    multiplier=st.one_of(st.integers(1, 100), st.floats(1, 100)),
    cap=st.one_of(st.none(), DELAYS),
    draw=DRAWS,
)
def test_no_retry_number_overflows(
    retry: int, first: float, multiplier: float, cap: float | None, draw: float
) -> None:
    policy = RetryPolicy(max_attempts=None, strategy=Exponential(first, multiplier, cap))
    decision = decide(policy, Tally(retry), ValueError("x"), draw)
    assert isinstance(decision, Again)
    assert 0 <= decision.delay <= (LONGEST_DELAY if cap is None else cap)


@pytest.mark.parametrize("seconds", [1e300, float("inf"), LONGEST_DELAY + 1])
def test_a_delay_that_no_calendar_holds_is_cut_to_the_longest(seconds: float) -> None:
    policy = RetryPolicy(strategy=Fixed(seconds))
    assert decide(policy, Tally(1), ValueError("x"), 0.0) == Again(LONGEST_DELAY, True, "attempt 1 failed: x")
    assert decide(policy, Tally(1), Snooze(seconds), 0.0) == Again(LONGEST_DELAY, False, "snoozed")


def test_a_delay_that_is_no_number_means_at_once() -> None:
    policy = RetryPolicy(strategy=Custom(lambda _: float("nan")))
    assert decide(policy, Tally(1), ValueError("x"), 0.0) == Again(0.0, True, "attempt 1 failed: x")


PICKY = RetryPolicy(retry_on=(ProviderDown,), retry_unexpected=False, strategy=Fixed(7))
EAGER = RetryPolicy(never_on=(ProviderAngry,), retry_on=(ProviderDown,), strategy=Fixed(7))


@pytest.mark.parametrize(
    ("policy", "attempt", "error", "decision"),
    [
        (EAGER, 1, ValueError("x"), Again(7.0, True, "attempt 1 failed: x")),
        (EAGER, 2, ValueError("x"), Again(7.0, True, "attempt 2 failed: x")),
        (EAGER, 3, ValueError("x"), GiveUp(True, "attempt 3 of 3 failed")),
        (EAGER, 4, ValueError("x"), GiveUp(True, "attempt 4 of 3 failed")),
        (EAGER, 1, ProviderDown("x"), Again(7.0, True, "attempt 1 failed: x")),
        (EAGER, 1, ProviderAngry("x"), GiveUp(False, "ProviderAngry is never retried")),
        (EAGER, 1, Permanent("x"), GiveUp(False, "Permanent is never retried")),
        (EAGER, 1, OptionRefused("queue", "x"), GiveUp(False, "OptionRefused is never retried")),
        (
            RetryPolicy(retry_on=(OptionRefused,), strategy=Fixed(7)),
            1,
            OptionRefused("queue", "x"),
            Again(7.0, True, "attempt 1 failed: queue: x"),
        ),
        (PICKY, 1, ProviderDown("x"), Again(7.0, True, "attempt 1 failed: x")),
        (PICKY, 1, ProviderAngry("x"), Again(7.0, True, "attempt 1 failed: x")),
        (PICKY, 1, Transient("x"), Again(7.0, True, "attempt 1 failed: x")),
        (PICKY, 3, Transient("x"), GiveUp(True, "attempt 3 of 3 failed")),
        (
            PICKY,
            1,
            ValueError("x"),
            GiveUp(True, "ValueError is not among the errors that the task retries"),
        ),
        (PICKY, 1, Permanent("x"), GiveUp(False, "Permanent is never retried")),
        (RetryPolicy(max_attempts=1), 1, ValueError("x"), GiveUp(True, "attempt 1 of 1 failed")),
        (
            RetryPolicy(max_attempts=None, strategy=Fixed(1)),
            10_000,
            ValueError("x"),
            Again(1.0, True, "attempt 10000 failed: x"),
        ),
        (
            RetryPolicy(retry_on=(Permanent,)),
            1,
            Permanent("x"),
            GiveUp(False, "Permanent is never retried"),
        ),
    ],
)
def test_what_follows_an_error(
    policy: RetryPolicy, attempt: int, error: Exception, decision: Again | GiveUp
) -> None:
    assert decide(policy, Tally(attempt), error, 0.0) == decision


@pytest.mark.parametrize(
    ("error", "delay", "reason"),
    [
        (Snooze(5), 5.0, "snoozed"),
        (Snooze(5, "market closed"), 5.0, "market closed"),
        (Snooze(-5), 0.0, "snoozed"),
        (RateLimited(30), 30.0, "rate limited"),
        (LockBusy("wallet:1"), 1.0, "waiting for the lock 'wallet:1'"),
        (DependencyPending(2, "sync first"), 2.0, "sync first"),
    ],
)
def test_a_snooze_uses_no_attempt_even_the_last_one(error: Snooze, delay: float, reason: str) -> None:
    last = Tally(attempt=3, snoozes=4)
    assert decide(RetryPolicy(max_attempts=3), last, error, 0.0) == Again(delay, False, reason)


def test_a_snooze_is_not_refused_by_policies_about_errors() -> None:
    policy = RetryPolicy(retry_unexpected=False, never_on=(Snooze,))
    assert decide(policy, Tally(1), Snooze(1), 0.0) == Again(1.0, False, "snoozed")


@pytest.mark.parametrize(
    ("snoozes", "decision"),
    [
        (1, Again(9.0, False, "rate limited")),
        (2, GiveUp(True, "waited 2 times: rate limited")),
        (3, GiveUp(True, "waited 3 times: rate limited")),
    ],
)
def test_snoozing_is_bounded(snoozes: int, decision: Again | GiveUp) -> None:
    policy = RetryPolicy(max_snoozes=2)
    assert decide(policy, Tally(1, snoozes), RateLimited(9), 0.0) == decision


@pytest.mark.parametrize(
    ("asked", "attempt", "decision"),
    [
        (RetryAsked(ValueError("x"), None, None), 1, Again(7.0, True, "attempt 1 failed: x")),
        (RetryAsked(ValueError("x"), 20.0, None), 1, Again(20.0, True, "attempt 1 failed: x")),
        (RetryAsked(ValueError("x"), 0.0, None), 1, Again(0.0, True, "attempt 1 failed: x")),
        (RetryAsked(ValueError("x"), -1.0, None), 1, Again(0.0, True, "attempt 1 failed: x")),
        (RetryAsked(None, None, None), 1, Again(7.0, True, "attempt 1 failed: retry asked for")),
        (RetryAsked(None, None, None), 3, GiveUp(True, "attempt 3 of 3 failed")),
        (RetryAsked(None, 1.0, 5), 5, Again(1.0, True, "attempt 5 failed: retry asked for")),
        (RetryAsked(None, 1.0, 5), 6, GiveUp(True, "attempt 6 of 6 failed")),
        (RetryAsked(None, 1.0, 0), 1, GiveUp(True, "attempt 1 of 1 failed")),
    ],
)
def test_a_retry_that_job_code_asks_for_overrides_the_policy(
    asked: RetryAsked, attempt: int, decision: Again | GiveUp
) -> None:
    assert decide(PICKY, Tally(attempt), asked, 0.0) == decision


@given(
    attempts=st.integers(1, 50),
    first=DELAYS,
    draw=DRAWS,
    errors=st.sampled_from([ValueError("x"), ProviderDown(), Transient(), TimeoutError()]),
)
def test_a_job_that_always_fails_ends_after_exactly_its_attempts(
    attempts: int, first: float, draw: float, errors: Exception
) -> None:
    policy = RetryPolicy(max_attempts=attempts, strategy=Exponential(first, cap=600, jitter=1))
    decisions = [decide(policy, Tally(n), errors, draw) for n in range(1, attempts + 1)]
    assert all(isinstance(decision, Again) and decision.counts for decision in decisions[:-1])
    assert decisions[-1] == GiveUp(True, f"attempt {attempts} of {attempts} failed")


@given(
    st.one_of(
        st.builds(Exponential, DELAYS, DELAYS, st.one_of(st.none(), DELAYS), JITTERS),
        st.builds(Linear, DELAYS, st.one_of(st.none(), DELAYS), JITTERS),
        st.builds(Fixed, DELAYS, JITTERS),
    )
)
def test_a_strategy_survives_the_way_through_json(strategy: Strategy) -> None:
    plain = to_plain(strategy)
    assert plain is not None
    assert from_plain(json.loads(json.dumps(plain))) == strategy


def test_a_strategy_as_json_reads_like_its_declaration() -> None:
    assert to_plain(Linear(10, cap=120)) == {"kind": "linear", "step": 10, "cap": 120, "jitter": 0.0}
    assert from_plain({"kind": "fixed", "seconds": 3}) == Fixed(3)


def test_a_strategy_of_code_cannot_be_stored() -> None:
    assert to_plain(Custom(lambda retry: retry)) is None


@pytest.mark.parametrize(
    ("plain", "problem"),
    [
        ({}, "kind must be one of exponential, linear, fixed"),
        ({"kind": "custom"}, "kind must be one of exponential, linear, fixed"),
        ({"kind": "fixed"}, "seconds"),
        ({"kind": "fixed", "seconds": 1, "cap": 2}, "cap"),
        ({"kind": "fixed", "seconds": "soon"}, "seconds must be a number that is not negative"),
        ({"kind": "fixed", "seconds": True}, "seconds must be a number that is not negative"),
        ({"kind": "fixed", "seconds": -1}, "seconds must be a number that is not negative"),
        ({"kind": "fixed", "seconds": None}, "seconds must be a number that is not negative"),
        ({"kind": "linear", "step": float("nan")}, "step must be a number that is not negative"),
        ({"kind": "exponential", "cap": float("inf")}, "cap must be a number that is not negative"),
        ({"kind": "exponential", "jitter": 1.5}, "jitter must be between 0 and 1"),
    ],
)
def test_what_is_no_strategy_is_refused(plain: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        from_plain(plain)
