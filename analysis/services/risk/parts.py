"""One part of a risk score: what was looked at, and what it amounts to."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Input:
    """A figure that a part looked at, as people read it; `is_bad` when it speaks against the coin."""

    name: str
    value: str
    is_bad: bool = False


@dataclass(frozen=True)
class Part:
    """A part's points (0 to 100; None when nothing is known), and its weight among the parts."""

    name: str
    weight: int
    points: int | None
    inputs: tuple[Input, ...] = field(default=())
    note: str = ""


def part(name: str, weight: int, points: float, inputs: list[Input], note: str = "") -> Part:
    """A part with its points rounded and kept between 0 and 100."""
    return Part(name, weight, max(0, min(100, round(points))), tuple(inputs), note)


def unknown(name: str, weight: int, why: str) -> Part:
    """A part that nothing is known of; it does not count."""
    return Part(name, weight, None, (), why)
