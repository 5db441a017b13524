"""What becomes of the ticks that are due: pure decisions over a schedule's policy and a moment."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ON_TIME = timedelta(seconds=30)  # a tick that is noticed within this time of its moment was not missed


class Missed(StrEnum):
    """Ticks that came due while no beat was running: run none, the latest, or all within a window."""

    SKIP = "skip"
    ONE = "one"
    ALL = "all"


class Overlap(StrEnum):
    """A tick while the job of an earlier one lives: run beside it, leave it out, or let one job wait for it."""

    ALLOW = "allow"
    SKIP = "skip"
    QUEUE_ONE = "queue_one"


@dataclass(frozen=True)
class Planned:
    """A tick and what is to become of it; `missed` says why it does not run."""

    due: datetime
    missed: str = ""


def plan(ticks: Sequence[datetime], now: datetime, missed: Missed, window: float) -> list[Planned]:
    """What becomes of ticks that are due at `now`, oldest first. `window` is in seconds."""
    punctual = [Planned(due) for due in ticks if now - due <= ON_TIME]
    late = [due for due in ticks if now - due > ON_TIME]
    if missed is Missed.SKIP:
        return [Planned(due, "no beat was running") for due in late] + punctual
    if missed is Missed.ONE:
        stands_in = "a later tick stands in for it"
        last = [] if punctual or not late else [Planned(late[-1])]
        return [Planned(due, stands_in) for due in late[: len(late) - len(last)]] + last + punctual
    oldest = now - timedelta(seconds=window)
    too_old = f"missed by more than {window:g} s"
    return [Planned(due, "" if due >= oldest else too_old) for due in late] + punctual


def jitter_of(schedule: str, due: datetime, most: float) -> float:
    """Seconds by which a tick's job starts later: below `most`, the same for a tick whoever fires it."""
    digest = hashlib.sha256(f"{schedule}@{due.timestamp()}".encode()).digest()
    return most * int.from_bytes(digest[:8], "big") / 2**64


def starting_point(checked_until: datetime | None, changed_at: datetime, now: datetime) -> datetime:
    """From when the ticks of a schedule that is new, edited or enabled again count.

    From the change on. A change that left no time behind (an edited crontab that others share, a bulk
    update) is as old as the last look, or as what counts as punctual.
    """
    if checked_until is not None and changed_at < checked_until:
        return min(now, max(checked_until, now - ON_TIME))
    if checked_until is None:
        return min(now, max(changed_at, now - ON_TIME))
    return min(now, changed_at)
