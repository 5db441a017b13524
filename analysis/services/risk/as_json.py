"""A score's parts as plain JSON, and back."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from analysis.services.risk.parts import Input, Part


def written(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The parts as they are stored."""
    return [asdict(one) for one in parts]


def read(plain: Sequence[dict[str, Any]]) -> tuple[Part, ...]:
    """The parts out of what `written` made."""
    return tuple(Part(**{**one, "inputs": tuple(Input(**told) for told in one["inputs"])}) for one in plain)
