"""What becomes of an alert, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.alerting import Rule, Step, may_tell, step

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
AT_ONCE, LASTING = Rule(10, 0, 600), Rule(10, 120, 600)


@pytest.mark.parametrize(
    ("rule", "state", "seconds_ago", "value", "expected"),
    [
        (AT_ONCE, None, None, 10, Step.NOTHING),
        (AT_ONCE, None, None, 11, Step.FIRE),
        (LASTING, None, None, 11, Step.OPEN),
        (LASTING, "pending", 119, 11, Step.NOTHING),
        (LASTING, "pending", 120, 11, Step.FIRE),
        (LASTING, "pending", 300, 10, Step.FORGET),
        (LASTING, "firing", 300, 99, Step.NOTHING),
        (LASTING, "firing", 300, 10, Step.RESOLVE),
    ],
)
def test_a_measure_moves_an_alert(
    rule: Rule, state: str | None, seconds_ago: float | None, value: float, expected: Step
) -> None:
    since = None if seconds_ago is None else NOW - timedelta(seconds=seconds_ago)
    assert step(rule, state, since, value, NOW) is expected


@pytest.mark.parametrize(
    ("seconds_ago", "silenced", "told"),
    [(None, False, True), (None, True, False), (599, False, False), (600, False, True), (600, True, False)],
)
def test_nobody_is_told_while_it_is_silenced_or_cools_down(
    seconds_ago: float | None, silenced: bool, told: bool
) -> None:
    last = None if seconds_ago is None else NOW - timedelta(seconds=seconds_ago)
    assert may_tell(AT_ONCE, last, silenced, NOW) is told
