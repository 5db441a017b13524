"""Numbers and times as people read them."""

import pytest

from jobs.pages.words import duration, rate


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"), (0, "0 ms"), (0.0124, "12 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"), (1.44, "1.4 s"),
        (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min"), (90, "1 min 30 s"), (3600, "1 h"), (7800, "2 h 10 min"),
        (86400 * 4 + 3600 * 3, "4 d 3 h"), (-1, "0 ms"),
    ],
)  # fmt: skip
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("per_minute", "text"),
    [(0, "0"), (0.2, "0.2"), (9.94, "9.9"), (12.4, "12"), (999, "999"), (1234, "1.2k")],
)
def test_rates(per_minute: float, text: str) -> None:
    assert rate(per_minute) == text
