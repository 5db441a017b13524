"""One word for how a wallet trades, with the reason: the first rule that fits."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from analysis.services.behavior.spread import Spread

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True, slots=True)
class Style:
    """The label, and the sentence that says why."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Facts:
    trades: int
    buys: int
    median_size: Decimal
    holding: Spread
    days: int
    tokens: int

    @property
    def per_day(self) -> float:
        return self.trades / self.days

    @property
    def median_hours(self) -> float:
        return float(self.holding.median) / HOUR


_Rule = tuple[str, Callable[[_Facts], bool], str]

_RULES: tuple[_Rule, ...] = (
    ("inactive", lambda f: f.trades < 5, "only {f.trades} trades"),
    ("market maker", lambda f: f.trades >= 500 and f.per_day >= 10 and f.tokens >= 5,
     "{f.per_day:.0f} trades on each of {f.days} days, in {f.tokens} tokens"),
    ("whale", lambda f: f.median_size >= 100, "the median trade is {f.median_size:.0f} SOL"),
    ("accumulator", lambda f: f.buys >= 0.9 * f.trades, "{f.buys} of {f.trades} trades are purchases"),
    ("distributor", lambda f: f.buys <= 0.1 * f.trades, "only {f.buys} of {f.trades} trades are purchases"),
    ("scalper", lambda f: f.holding.count > 0 and f.holding.median < 12 * HOUR,
     "half of what it sells it held for less than {f.median_hours:.1f} hours"),
    ("day trader", lambda f: f.holding.count > 0 and f.holding.median < DAY,
     "half of what it sells it held for less than {f.median_hours:.1f} hours"),
    ("swing trader", lambda f: f.holding.count > 0 and f.holding.median < 30 * DAY,
     "half of what it sells it held for less than {f.median_hours:.0f} hours"),
    ("holder", lambda f: True, "it sells little, and late"),
)  # fmt: skip


def style_of(trades: int, buys: int, median_size: Decimal, holding: Spread, days: int, tokens: int) -> Style:
    """The label of the first rule that fits; sizes in SOL, holding times in seconds."""
    facts = _Facts(trades, buys, median_size, holding, days, tokens)
    label, _, reason = next(rule for rule in _RULES if rule[1](facts))
    return Style(label, reason.format(f=facts))
