"""When a worker asks for a sign of life of its consumer, and what it does without one."""

import pytest

from jobs.worker.consumption import Step, due


@pytest.mark.parametrize(
    ("silent_for", "asked_for", "tried", "step"),
    [
        (9.9, None, Step.ASK, Step.REST),
        (10.0, None, Step.ASK, Step.ASK),
        (19.0, 9.9, Step.ASK, Step.REST),
        (20.0, 10.0, Step.ASK, Step.RECONNECT),
        (39.0, 19.9, Step.RECONNECT, Step.REST),
        (40.0, 20.0, Step.RECONNECT, Step.STOP),
        (59.0, 19.9, Step.STOP, Step.REST),
        (60.0, 20.0, Step.STOP, Step.ABANDON),
        (80.0, 20.0, Step.ABANDON, Step.ABANDON),
    ],
)
def test_one_step_after_the_other(
    silent_for: float, asked_for: float | None, tried: Step, step: Step
) -> None:
    assert due(10.0, silent_for, asked_for, tried) is step


def test_healing_has_twenty_seconds_though_silence_is_noticed_sooner() -> None:
    assert due(1.0, 2.0, 1.0, Step.ASK) is Step.RECONNECT
    assert due(30.0, 90.0, 29.9, Step.RECONNECT) is Step.REST
    assert [due(1.0, 22.0, 19.9, tried) for tried in (Step.RECONNECT, Step.STOP)] == [Step.REST, Step.REST]
    assert due(1.0, 22.0, 20.0, Step.RECONNECT) is Step.STOP
