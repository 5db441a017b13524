"""Numbers and times as people read them."""


def duration(seconds: float | None) -> str:
    """`12 ms`, `1.4 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`; a dash for None."""
    if seconds is None:
        return "–"
    if seconds < 0.9995:
        return f"{max(0.0, seconds) * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return _large(whole)


def _large(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (left, "s"))
    first = next(place for place, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count)


def rate(per_minute: float) -> str:
    """Jobs per minute: `0`, `0.4`, `12`, `1.2k`."""
    if per_minute == 0:
        return "0"
    if per_minute < 9.95:
        return f"{per_minute:.1f}"
    return f"{per_minute:.0f}" if per_minute < 999.5 else f"{per_minute / 1000:.1f}k"
