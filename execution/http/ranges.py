"""`Range: bytes=...` (RFC 9110, section 14): which part of a file is wanted."""

import re

_ONE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*")
_LONGEST = 19  # digits; more are no place in any file


class Unsatisfiable(Exception):
    """The file has no such part."""


def wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte; None for the whole file, also when several parts or nonsense are asked for."""
    match = _ONE.fullmatch(header)
    if match is None or not any(match.groups()) or max(map(len, match.groups())) > _LONGEST:
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        if int(last) == 0 or size == 0:
            raise Unsatisfiable
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return int(first), min(int(last or size), size - 1)
