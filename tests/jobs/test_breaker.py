"""The circuit breaker as a table: state, what happens, state after."""

import pytest

from jobs.breaker import Breaker, Call, Circuit, Phase, Verdict, admit, failure_share, record, room

BREAKER = Breaker(share=0.5, window=10, at_least=4, open_for=2, longest=5)
CLOSED = Circuit()
OPEN = Circuit(Phase.OPEN, 1000, 2000)
PROBING = Circuit(Phase.HALF_OPEN, 3000, 2000, allowed=1, granted=1, granted_ms=3000)
RAMP = Circuit(Phase.RAMP, 3500, 2000, allowed=2, granted=2, granted_ms=3500)
GOOD, BAD, NEUTRAL = Verdict.GOOD, Verdict.BAD, Verdict.NEUTRAL


def calls(*verdicts: Verdict, started: int = 4000) -> list[Call]:
    """Calls that ended so."""
    return [Call(started, verdict) for verdict in verdicts]


@pytest.mark.parametrize(
    ("verdicts", "phase"),
    [
        ([BAD] * 3, Phase.CLOSED),  # too few to tell
        ([BAD] * 4, Phase.OPEN),
        ([GOOD, GOOD, BAD, BAD], Phase.OPEN),
        ([GOOD, GOOD, GOOD, BAD], Phase.CLOSED),
        ([GOOD] * 50, Phase.CLOSED),
        ([NEUTRAL] * 50, Phase.CLOSED),
        ([NEUTRAL] * 50 + [BAD] * 3, Phase.CLOSED),
    ],
)
def test_a_closed_one_opens_on_the_share_of_enough_calls(verdicts: list[Verdict], phase: Phase) -> None:
    after = record(BREAKER, CLOSED, calls(*verdicts), 5000)
    assert after.phase is phase
    if phase is Phase.OPEN:
        assert after == Circuit(Phase.OPEN, 5000, 2000)


def test_what_is_older_than_the_window_does_not_count() -> None:
    seen = record(BREAKER, CLOSED, calls(BAD, BAD, BAD), 5000)
    assert failure_share(seen) == (3, 1.0)
    assert record(BREAKER, seen, calls(BAD), 14_999).phase is Phase.OPEN
    late = record(BREAKER, seen, calls(BAD), 15_000)
    assert (late.phase, failure_share(late)) == (Phase.CLOSED, (1, 1.0))


def test_the_window_is_kept_in_a_few_parts_however_many_calls_come() -> None:
    circuit = CLOSED
    for now in range(0, 60_000, 10):
        circuit = record(BREAKER, circuit, calls(GOOD), now)
    assert len(circuit.slices) <= 11
    assert 900 <= failure_share(circuit)[0] <= 1001


def test_a_good_call_opens_nothing_although_the_share_is_high() -> None:
    seen = Circuit(slices=((4000, 0, 3),))
    assert record(BREAKER, seen, calls(GOOD), 5000).phase is Phase.CLOSED


@pytest.mark.parametrize(
    ("circuit", "now", "free"),
    [
        (CLOSED, 0, None),
        (OPEN, 2999, 0),
        (OPEN, 3000, 1),
        (PROBING, 4999, 0),
        (PROBING, 5000, 1),  # the probe is lost
        (RAMP, 4000, 0),
        (Circuit(Phase.RAMP, 3500, 2000, allowed=4, granted=1, granted_ms=3600), 4000, 3),
    ],
)
def test_how_many_may_go(circuit: Circuit, now: int, free: int | None) -> None:
    assert room(circuit, now) == free


def test_an_open_one_that_is_due_lets_exactly_one_probe_through() -> None:
    assert admit(OPEN, 5, 2999) == (OPEN, 0)
    after, granted = admit(OPEN, 5, 3000)
    assert (after, granted) == (PROBING, 1)
    assert admit(after, 5, 3001) == (PROBING, 0)


def test_nothing_wanted_is_nothing_changed() -> None:
    assert admit(OPEN, 0, 9000) == (OPEN, 0)
    assert admit(CLOSED, 7, 0) == (CLOSED, 7)


@pytest.mark.parametrize(
    ("circuit", "verdicts", "after"),
    [
        (OPEN, [BAD] * 9, OPEN),
        (PROBING, [GOOD], Circuit(Phase.RAMP, 5000, 2000, allowed=2)),
        (PROBING, [BAD], Circuit(Phase.OPEN, 5000, 4000)),
        (PROBING, [NEUTRAL], Circuit(Phase.HALF_OPEN, 3000, 2000, allowed=1, granted_ms=3000)),
        (RAMP, [GOOD, GOOD], Circuit(Phase.RAMP, 3500, 2000, allowed=4)),
        (RAMP, [GOOD, BAD], Circuit(Phase.OPEN, 5000, 4000)),
        (Circuit(Phase.RAMP, 3500, 4000, 4, 4, 3500), [GOOD] * 4, Circuit(since_ms=5000)),
        (Circuit(Phase.RAMP, 3500, 4000, 4, 4, 3500), [BAD], Circuit(Phase.OPEN, 5000, 5000)),
    ],
)
def test_what_follows_a_probe_and_the_ramp(circuit: Circuit, verdicts: list[Verdict], after: Circuit) -> None:
    assert record(BREAKER, circuit, calls(*verdicts), 5000) == after


def test_a_step_of_the_ramp_waits_for_all_its_calls() -> None:
    half = record(BREAKER, RAMP, calls(GOOD), 5000)
    assert (half.phase, half.allowed, half.succeeded) == (Phase.RAMP, 2, 1)
    assert record(BREAKER, half, calls(GOOD), 5001) == Circuit(Phase.RAMP, 3500, 2000, allowed=4)


@pytest.mark.parametrize("circuit", [PROBING, RAMP])
def test_calls_from_before_the_phase_say_nothing(circuit: Circuit) -> None:
    assert record(BREAKER, circuit, calls(BAD, GOOD, started=2999), 5000) == circuit


@pytest.mark.parametrize(
    ("breaker", "sentence"),
    [
        (Breaker(share=0), "breaker: share must be above 0 and at most 1, got 0"),
        (Breaker(share=1.5), "breaker: share must be above 0 and at most 1, got 1.5"),
        (Breaker(at_least=0), "breaker: at_least must be at least 1, got 0"),
        (Breaker(window=0), "breaker: window must be above 0, got 0"),
        (Breaker(open_for=-1), "breaker: open_for must be above 0, got -1"),
        (Breaker(open_for=9, longest=8), "breaker: longest (8 s) is shorter than open_for (9 s)"),
    ],
)
def test_numbers_that_make_no_sense_are_told(breaker: Breaker, sentence: str) -> None:
    assert list(breaker.faults()) == [sentence]
    assert list(BREAKER.faults()) == []
