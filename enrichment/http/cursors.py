"""Cursors: where a list goes on, as text that means nothing to its reader."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jobs.http.problems import Problem

_LARGEST_ID = 2**63 - 1


def written(place: Sequence[Any]) -> str:
    """A place in a list as a cursor; times are told to the microsecond."""
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in place]
    return urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """A cursor's place. Raises a Problem (422) for what no answer ever named as its next."""
    try:
        parts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_part(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (ValueError, TypeError, RecursionError):
        told = "The cursor is none that this list gave."
        raise Problem(422, told, {"cursor": "is none that this list gave"}, kind="arguments") from None


def _part(part: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is None:
            raise ValueError(part)
        return moment
    if isinstance(part, bool) or not isinstance(part, int | float):
        raise TypeError(part)
    if kind is int and not (isinstance(part, int) and 0 <= part <= _LARGEST_ID):
        raise ValueError(part)
    return kind(part)
