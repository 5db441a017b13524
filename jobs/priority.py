"""Priorities: higher first, everywhere."""

from enum import IntEnum


class Priority(IntEnum):
    """The named levels; any whole number from 0 to 10 is a priority."""

    MAINTENANCE = 1
    LOW = 3
    NORMAL = 5
    HIGH = 7
    CRITICAL = 10


LOWEST, HIGHEST = 0, 10

# The names that HTTP accepts, after the weights 1 / 5 / 10 / 20 that clients may know.
NAMED = {"low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH, "critical": Priority.CRITICAL}
WEIGHTS = {1: Priority.LOW, 5: Priority.NORMAL, 10: Priority.HIGH, 20: Priority.CRITICAL}


def parse_priority(value: int | str) -> int:
    """A priority from a number 0 to 10 or a name. ValueError says what is accepted."""
    if isinstance(value, str) and value.lower() in NAMED:
        return int(NAMED[value.lower()])
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if isinstance(value, (float, bool)) or not LOWEST <= number <= HIGHEST:
        raise ValueError(f"must be a whole number from {LOWEST} to {HIGHEST} or one of {', '.join(NAMED)}")
    return number
