"""Time ranges as people write them."""

from datetime import UTC, datetime

import pytest

from analysis.services.filters import bounds

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("all", None, None),
        ("24h", datetime(2026, 11, 24, 12, tzinfo=UTC), None),
        ("30d", datetime(2026, 10, 26, 12, tzinfo=UTC), None),
        ("2w", datetime(2026, 11, 11, 12, tzinfo=UTC), None),
        ("2026-01-01/2026-02-01", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026-01-01T06:00:00+02:00/..", datetime(2026, 1, 1, 4, tzinfo=UTC), None),
        ("/2026-02-01", None, datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_a_time_range_has_two_ends_of_which_either_may_be_open(
    text: str, since: datetime | None, until: datetime | None
) -> None:
    assert bounds(text, NOW) == (since, until)


@pytest.mark.parametrize(
    "text", ["", "7", "0d", "yesterday", "2026-01-01", "2026-02-01/2026-01-01", "/", "1/2/3"]
)
def test_what_is_no_range_is_told_what_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be all|ends before it begins"):
        bounds(text, NOW)
