"""Rates as Celery writes them."""

import pytest
from celery.utils.time import rate as celery_rate
from hypothesis import given
from hypothesis import strategies as st

from jobs.rates import Rate, parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10/s", Rate(10, 1)),
        ("10/sec", Rate(10, 1)),
        ("100/m", Rate(100, 60)),
        ("100/min", Rate(100, 60)),
        ("100 / min", Rate(100, 60)),
        ("1000/h", Rate(1000, 3600)),
        ("5/d", Rate(5, 86400)),
        ("7", Rate(7, 1)),
        ("7/", Rate(7, 1)),
        (7, Rate(7, 1)),
        (0.5, Rate(1, 2)),
        ("0.5/m", Rate(1, 120)),
        ("2.5/s", Rate(2, 0.8)),
    ],
)
def test_a_rate_is_so_many_in_so_many_seconds(text: str | float, rate: Rate) -> None:
    assert parse_rate(text) == rate


@given(
    count=st.one_of(st.integers(1, 10_000), st.floats(0.01, 10_000)), unit=st.sampled_from(["s", "m", "h"])
)
def test_a_rate_means_what_it_means_in_celery(count: float, unit: str) -> None:
    rate = parse_rate(f"{count}/{unit}")
    assert rate.limit / rate.seconds == pytest.approx(celery_rate(f"{count}/{unit}"))


@pytest.mark.parametrize("text", ["", "fast", "10/week", "/s", "ten/s", "10//s", None])
def test_what_is_no_rate_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no rate; write for example 10/s, 100/min or 1000/h"):
        parse_rate(text)


@pytest.mark.parametrize("text", [0, -1, "0/s", "-5/min", "nan/s", "inf/s", float("inf")])
def test_a_rate_is_a_number_greater_than_zero(text: str | float) -> None:
    with pytest.raises(ValueError, match="a rate must be a number greater than zero"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (Rate(10, 1), "10/s"),
        (Rate(10, 60), "10/min"),
        (Rate(10, 3600.0), "10/h"),
        (Rate(1, 86400), "1/d"),
        (Rate(1, 120), "1/120 s"),
        (Rate(1, 1.5), "1/1.5 s"),
        (Rate(2, 60.7), "2/60.7 s"),
    ],
)
def test_a_rate_reads_as_people_write_it(rate: Rate, text: str) -> None:
    assert str(rate) == text
