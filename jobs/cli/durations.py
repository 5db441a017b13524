"""Durations as people write them: `90`, `30s`, `2h`, `1h30m`, `7d`."""

import argparse
import re

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LONGEST = 1000 * 365 * 86_400  # seconds: far beyond it dates come to their end
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def parse_duration(text: str) -> float:
    """Seconds. argparse's own error, naming what is accepted, for anything else, negative ones included."""
    text = text.strip().lower()
    parts = _PART.findall(text)
    if _NUMBER.fullmatch(text):
        seconds = float(text)
    elif parts and "".join(number + unit for number, unit in parts) == text:
        seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    else:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration; write for example 90, 30s, 2h or 1d12h")
    if seconds > _LONGEST:
        raise argparse.ArgumentTypeError(f"must be at most 1000 years, got {text}")
    if seconds < 0:
        raise argparse.ArgumentTypeError(f"must not be negative, got {text}")
    return seconds


def in_words(seconds: float) -> str:
    """About how long: `850 ms`, `4.2 s`, `3 min`, `5 h`, `2 d`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.1f} s"
