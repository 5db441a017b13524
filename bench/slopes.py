"""What a series does over an hour: a straight line by least squares, after a warm-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import linear_regression

_HOUR = 3600.0


@dataclass(frozen=True)
class Slope:
    """`first` and `last` are the ends of the line over the samples, `per_hour` its slope."""

    series: str
    first: float
    last: float
    per_hour: float


def slopes(samples: Sequence[Mapping[str, float]], warm_up: float) -> list[Slope]:
    """Of every series but `at`, from samples later than `warm_up` seconds after the first one."""
    kept = [sample for sample in samples if sample["at"] - samples[0]["at"] >= warm_up]
    if len(kept) < 2:
        raise ValueError(f"{len(kept)} samples after the warm-up of {warm_up:g} s: two are needed for a line")
    times = [sample["at"] for sample in kept]
    found = []
    for name in kept[0]:
        if name == "at":
            continue
        line = linear_regression(times, [sample.get(name, 0.0) for sample in kept])
        first, last = (line.slope * at + line.intercept for at in (times[0], times[-1]))
        found.append(Slope(name, first, last, line.slope * _HOUR))
    return found


def table(found: Sequence[Slope]) -> str:
    """As Markdown, without what stayed empty."""
    lines = ["| series | first | last | per hour |", "|---|---:|---:|---:|"]
    lines += [
        f"| {s.series} | {s.first:,.1f} | {s.last:,.1f} | {s.per_hour:+,.1f} |"
        for s in found
        if s.last >= 0.05
    ]
    return "\n".join(lines)
