"""Whether a rule comes true: a pure decision over what is known of the coin."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from analysis.models import AlertKind


@dataclass(frozen=True)
class Rule:
    """What a rule asks; see `analysis.models.AlertRule`."""

    kind: str
    threshold: Decimal
    cooldown: timedelta
    last_triggered_at: datetime | None


@dataclass(frozen=True)
class Facts:
    """What is known of the rule's coin now; None for what is not.

    `usd_before` is the price at the beginning of the rule's window.
    """

    usd: Decimal | None = None
    usd_before: Decimal | None = None
    volume_24h: Decimal | None = None
    risk: int | None = None
    social_trend: float | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether the rule is true, by which value (None: nothing is known), and whether it may be told now."""

    is_true: bool
    value: Decimal | None
    silent_until: datetime | None = None

    @property
    def fires(self) -> bool:
        """True, and told now."""
        return self.is_true and self.silent_until is None


def evaluate(rule: Rule, facts: Facts, now: datetime) -> Verdict:
    """The rule over the facts. Above and below mean beyond, changes mean at least."""
    value = _VALUES[AlertKind(rule.kind)](facts)
    if value is None:
        return Verdict(is_true=False, value=None)
    return Verdict(_is_true(rule, value), value, silent_until(rule, now))


def silent_until(rule: Rule, now: datetime) -> datetime | None:
    """When the rule may be told again; None: now."""
    if rule.last_triggered_at is None:
        return None
    end = rule.last_triggered_at + rule.cooldown
    return end if end > now else None


def change(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """The change in per cent."""
    return None if not before or after is None else (after / before - 1) * 100


def _is_true(rule: Rule, value: Decimal) -> bool:
    match rule.kind:
        case AlertKind.PRICE_BELOW:
            return value < rule.threshold
        case AlertKind.RISES | AlertKind.FALLS | AlertKind.SOCIAL_TREND:
            return value >= rule.threshold
    return value > rule.threshold


def _rise(facts: Facts) -> Decimal | None:
    return change(facts.usd_before, facts.usd)


def _fall(facts: Facts) -> Decimal | None:
    rise = _rise(facts)
    return None if rise is None else -rise


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


_VALUES: dict[AlertKind, Callable[[Facts], Decimal | None]] = {
    AlertKind.PRICE_ABOVE: lambda facts: facts.usd,
    AlertKind.PRICE_BELOW: lambda facts: facts.usd,
    AlertKind.RISES: _rise,
    AlertKind.FALLS: _fall,
    AlertKind.VOLUME_ABOVE: lambda facts: facts.volume_24h,
    AlertKind.RISK_ABOVE: lambda facts: _decimal(facts.risk),
    AlertKind.SOCIAL_TREND: lambda facts: _decimal(facts.social_trend),
}
