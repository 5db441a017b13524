"""Which part of a wallet's history an analysis looks at."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

ALL = "all"
_SPANS = {"h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"^([1-9]\d{0,3})([hdw])$")
_HINT = "all, a span such as 24h, 30d or 12w, or two dates such as 2026-01-01/2026-02-01"


def bounds(time_range: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From (inclusive) and until (exclusive); None is open. ValueError says what is accepted.

    Dates without a time zone are UTC; `2026-01-01/2026-02-01` is the whole of January.
    """
    text = time_range.strip()
    if text == ALL:
        return None, None
    if span := _SPAN.match(text):
        return now - timedelta(**{_SPANS[span[2]]: int(span[1])}), None
    first, slash, last = text.partition("/")
    try:
        since, until = _moment(first), _moment(last)
    except ValueError:
        raise ValueError(f"must be {_HINT}") from None
    if not slash or (since is None and until is None):
        raise ValueError(f"must be {_HINT}")
    if since and until and since >= until:
        raise ValueError("ends before it begins")
    return since, until


def _moment(text: str) -> datetime | None:
    """One end of an interval; `..` and nothing are an open one (ISO 8601-2)."""
    if text.strip() in {"", ".."}:
        return None
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _validated(text: str) -> str:
    try:
        bounds(text, datetime.now(UTC))
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("time_range", "{reason}", {"reason": str(error)}) from None
    return text.strip()


TimeRange = Annotated[str, AfterValidator(_validated)]
