"""What becomes of an alert when its measure is looked at: a pure function over values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Step(StrEnum):
    """What to do with an alert."""

    NOTHING = "nothing"
    OPEN = "open"  # it is noted, pending
    FIRE = "fire"
    FORGET = "forget"  # it was pending and did not last
    RESOLVE = "resolve"


@dataclass(frozen=True)
class Rule:
    """The numbers of a rule."""

    threshold: float
    for_seconds: float
    cooldown_seconds: float


def step(rule: Rule, state: str | None, since: datetime | None, value: float, now: datetime) -> Step:
    """`state` is pending, firing or None for no alert, `since` when the measure was first too high."""
    if value <= rule.threshold:
        return {"pending": Step.FORGET, "firing": Step.RESOLVE}.get(state or "", Step.NOTHING)
    if state == "firing":
        return Step.NOTHING
    if since is None:
        return Step.FIRE if rule.for_seconds <= 0 else Step.OPEN
    return Step.FIRE if now - since >= timedelta(seconds=rule.for_seconds) else Step.NOTHING


def may_tell(rule: Rule, last_told: datetime | None, silenced: bool, now: datetime) -> bool:
    """Whether somebody is to be told of an alert that fires and of which nobody was told."""
    if silenced:
        return False
    return last_told is None or now - last_told >= timedelta(seconds=rule.cooldown_seconds)
