"""Refusals in the words of a page."""

from collections.abc import Mapping

from jobs.errors import Refused


def sentence(refusal: Refused, labels: Mapping[str, str]) -> str:
    """The refusal without the task's name in front, its fields by their labels."""
    if not refusal.fields:
        return str(refusal)
    parts = [f"{labels.get(field, field)}: {fault}" for field, fault in refusal.fields.items()]
    return "; ".join(parts)


def cursor(text: str) -> int | None:
    """The place in a list that an address names; anything else is the beginning."""
    return int(text) if text.isdecimal() and len(text) < 19 else None
