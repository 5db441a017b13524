"""Rates such as Celery's `100/m`: so many in so many seconds."""

import math
from dataclasses import dataclass

_UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
}


@dataclass(frozen=True)
class Rate:
    """At most `limit` starts in any `seconds`."""

    limit: int
    seconds: float

    def __str__(self) -> str:
        unit = {1.0: "s", 60.0: "min", 3600.0: "h", 86400.0: "d"}.get(self.seconds, f"{self.seconds:g} s")
        return f"{self.limit}/{unit}"


def parse_rate(text: str | float) -> Rate:
    """`10/min`, `5/s`, `100/h` or a number per second. ValueError says what is accepted."""
    count, _, unit = str(text).replace(" ", "").partition("/")
    try:
        limit, seconds = float(count), _UNITS[unit or "s"]
    except (ValueError, KeyError):
        raise ValueError(f"{text!r} is no rate; write for example 10/s, 100/min or 1000/h") from None
    if not (math.isfinite(limit) and limit > 0):
        raise ValueError("a rate must be a number greater than zero")
    whole = max(1, int(limit))
    return Rate(whole, seconds * whole / limit)  # 2.5/s is two in 0.8 seconds
