"""HTTP answers as the errors that say what to do about them, for outsiders who are asked to act."""

from collections.abc import Mapping
from datetime import UTC, datetime

from enrichment.providers.http import retry_after
from jobs.errors import Permanent, RateLimited, Transient

_AGAIN = {408, 425}  # statuses below 500 that ask for another try


def check_answer(place: str, status: int, headers: Mapping[str, str]) -> None:
    """Nothing for 2xx. RateLimited for 429, Transient for 5xx, 408 and 425, Permanent for all others.

    Redirects are refused: what was checked about an address says nothing about where it points to.
    """
    if 200 <= status < 300:
        return
    if status == 429:
        delay = retry_after(headers.get("retry-after"), datetime.now(UTC))
        raise RateLimited(delay, f"{place} asks to wait {delay:g} s")
    if status >= 500 or status in _AGAIN:
        raise Transient(f"{place} answered {status}")
    if 300 <= status < 400:
        raise Permanent(f"{place} redirects ({status}), which is not followed")
    raise Permanent(f"{place} refused with {status}")
