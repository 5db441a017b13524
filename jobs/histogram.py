"""Durations as counts in buckets that grow by 3 %: small, mergeable, and right to within 2 %.

Bucket b > 0 holds whole microseconds in (1.03^(b-1), 1.03^b]; bucket 0 holds what is shorter than one. A
bucket's value is the point from which both its ends are equally far, at most 1.5 % away (the idea of
DDSketch, https://arxiv.org/abs/1908.10693). Counts of different times, tasks and processes are added up.
"""

import math
from collections.abc import Iterable, Mapping

_GROWTH = 1.03
_LOG = math.log(_GROWTH)
_MICRO = 1_000_000

Counts = Mapping[int, int]


def bucket(seconds: float) -> int:
    """The bucket of a duration; a negative one, as clocks may yield, counts as none."""
    micros = seconds * _MICRO
    return 0 if micros < 0.99 else max(1, math.ceil(math.log(micros) / _LOG))


def value(place: int) -> float:
    """The duration in seconds that stands for all of a bucket."""
    return 0.0 if place == 0 else 2 * _GROWTH**place / (_GROWTH + 1) / _MICRO


def merge(histograms: Iterable[Counts]) -> dict[int, int]:
    """All of them together."""
    merged: dict[int, int] = {}
    for counts in histograms:
        for place, count in counts.items():
            merged[place] = merged.get(place, 0) + count
    return merged


def percentile(counts: Counts, share: float) -> float | None:
    """The duration in seconds that this share of all does not exceed (nearest rank); None without any."""
    return percentiles(counts, (share,))[0]


def percentiles(counts: Counts, shares: Iterable[float]) -> list[float | None]:
    """The same for several shares, in their order."""
    total = sum(counts.values())
    ordered = sorted(counts.items())
    return [_at_rank(ordered, math.ceil(share * total)) for share in shares]


def share_within(counts: Counts, seconds: float) -> float | None:
    """The share of durations that do not exceed `seconds`; None without any."""
    total = sum(counts.values())
    last = bucket(seconds)
    return sum(count for place, count in counts.items() if place <= last) / total if total else None


def _at_rank(ordered: list[tuple[int, int]], rank: int) -> float | None:
    seen = 0
    for place, count in ordered:
        seen += count
        if seen >= max(rank, 1):
            return value(place)
    return None
