"""Durations as people write them."""

import argparse

import pytest

from jobs.cli.durations import in_words, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("0", 0),
        ("1.5", 1.5),
        ("30s", 30),
        ("2h", 7200),
        ("1h30m", 5400),
        ("7d", 604_800),
        ("1W", 604_800),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "2x", "1h 30m", "-5", "nan", "inf", "1e9", "5 s", "365001d"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.85, "850 ms"), (4.24, "4.2 s"), (180, "3 min"), (18_000, "5 h"), (172_800, "2 d")],
)
def test_a_duration_is_told(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
