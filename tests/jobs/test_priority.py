"""Priorities: higher first."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.priority import HIGHEST, LOWEST, NAMED, WEIGHTS, Priority, parse_priority


@pytest.mark.parametrize(
    ("value", "priority"),
    [
        (0, 0), (5, 5), (10, 10), ("7", 7), (" 7 ", 7), (Priority.CRITICAL, 10), (Priority.MAINTENANCE, 1),
        ("low", 3), ("normal", 5), ("high", 7), ("critical", 10), ("HIGH", 7),
    ],
)  # fmt: skip
def test_a_priority_is_a_number_or_a_name(value: Any, priority: int) -> None:
    assert parse_priority(value) == priority
    assert type(parse_priority(value)) is int


@pytest.mark.parametrize(
    "value",
    [-1, 11, 5.0, 5.5, float("inf"), float("nan"), "urgent", "", "5.0", True, False, None, [], {}, object()],
)
def test_anything_else_is_refused_and_says_what_is_accepted(value: Any) -> None:
    with pytest.raises(ValueError, match="whole number from 0 to 10 or one of low, normal, high, critical"):
        parse_priority(value)


def test_the_levels_are_ordered_from_maintenance_to_critical() -> None:
    assert [level.name for level in sorted(Priority)] == ["MAINTENANCE", "LOW", "NORMAL", "HIGH", "CRITICAL"]
    assert [int(level) for level in sorted(Priority)] == [1, 3, 5, 7, 10]


def test_weights_name_the_same_levels_in_the_same_order() -> None:
    assert [WEIGHTS[weight] for weight in sorted(WEIGHTS)] == list(NAMED.values())


@given(st.one_of(st.integers(), st.text(), st.none(), st.floats()))
def test_whatever_comes_out_is_within_the_scale(value: Any) -> None:
    try:
        priority = parse_priority(value)
    except ValueError:
        return
    assert LOWEST <= priority <= HIGHEST
