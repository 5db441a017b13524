"""Periods in words: options such as `idempotent_for` are in seconds."""


def minutes(count: float) -> float:
    """So many minutes, in seconds."""
    return count * 60.0


def hours(count: float) -> float:
    """So many hours, in seconds."""
    return count * 3600.0
