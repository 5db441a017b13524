"""Charts as shapes in a box: lines over time, drawn by the server. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 600.0, 120.0


@dataclass(frozen=True)
class Line:
    """A line: its name, its look (a CSS class), its shape and its single values as SVG paths."""

    name: str
    look: str
    path: str
    dots: str
    last: float | None


@dataclass(frozen=True)
class Chart:
    """Lines that share a scale; `top` is the value at the upper edge."""

    title: str
    unit: str
    lines: Sequence[Line]
    top: float
    since: datetime
    until: datetime

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        return not any(line.path or line.dots for line in self.lines)


Values = Sequence[float | None]


def chart(
    title: str, unit: str, moments: Sequence[datetime], series: Sequence[tuple[str, str, Values]]
) -> Chart:
    """A chart of series that have a value, or none, for each moment. Where there is none, the line breaks."""
    top = round_up(
        max((value for _, _, values in series for value in values if value is not None), default=0)
    )
    lines = [Line(name, look, *_paths(values, top), _last(values)) for name, look, values in series]
    return Chart(title, unit, lines, top, moments[0], moments[-1])


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, ... that is not below."""
    if value <= 0:
        return 1.0
    step = 1e-6
    while True:
        for factor in (1, 2, 5):
            if value <= factor * step:
                return factor * step
        step *= 10


def _paths(values: Values, top: float) -> tuple[str, str]:
    """The line through values that follow each other, and dots for those that stand alone."""
    line: list[str] = []
    dots: list[str] = []
    for place, value in enumerate(values):
        if value is None:
            continue
        point = f"{WIDTH * place / max(1, len(values) - 1):.1f} {HEIGHT * (1 - value / top):.1f}"
        before = place > 0 and values[place - 1] is not None
        after = place + 1 < len(values) and values[place + 1] is not None
        if before or after:
            line.append(f"{'L' if before else 'M'}{point}")
        else:
            dots.append(f"M{point}h0.1")
    return "".join(line), "".join(dots)


def _last(values: Values) -> float | None:
    return next((value for value in reversed(values) if value is not None), None)
