"""Works out and stores how a wallet trades."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from analysis.models import BehaviorReport
from analysis.services.behavior.as_json import behavior_as_json
from analysis.services.behavior.measure import Behavior, measure
from analysis.services.behavior.trades import Filters, activity_of
from analysis.services.filters import ALL, bounds
from analysis.services.pnl.exact import ZERO, plain
from analysis.services.wallet_pnl.history import History, mints_of, read_history
from enrichment.providers.prices.coingecko import sol_usd
from enrichment.providers.solana.programs import DOLLARS
from jobs.errors import Permanent

OnStep = Callable[[float, str], None]


@dataclass(frozen=True)
class Wanted:
    """Which part of a history, as it was asked for."""

    time_range: str = ALL
    exclude_mints: Sequence[str] = ()
    min_trading_volume: Decimal = ZERO

    def as_json(self) -> dict[str, object]:
        """The one spelling of this wish."""
        return {
            "time_range": self.time_range,
            "exclude_mints": sorted(set(self.exclude_mints)),
            "min_trading_volume": plain(self.min_trading_volume),
        }

    @property
    def scope(self) -> str:
        """A key for what is looked at; empty for the whole history."""
        if self.as_json() == Wanted().as_json():
            return ""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class BehaviorResult:
    """A report in short: sizes in SOL as exact decimal text, holding time in seconds, shares between 0 and 1."""

    address: str
    scope: str
    style: str
    reason: str
    trades: int
    tokens: int
    median_trade: str
    median_holding: str
    win_rate: str | None
    concentration: str
    active_days: int
    computed_at: str


def analyse(address: str, wanted: Wanted, on_step: OnStep) -> BehaviorResult:
    """Compute from what is stored, and put the report in the place of the one before.

    Raises Permanent for a wallet that was never synced.
    """
    on_step(0.05, "Reading the history")
    history = read_history(address)
    if not history.moments and not history.complete:
        raise Permanent(f"{address} has no stored history: sync_wallet must run first")
    on_step(0.4, "Matching lots")
    now = timezone.now()
    since, until = bounds(wanted.time_range, now)
    filters = Filters(since, until, frozenset(wanted.exclude_mints), wanted.min_trading_volume)
    found = measure(activity_of(history, filters, dollar_price(history)))
    on_step(0.9, "Storing the report")
    BehaviorReport.objects.update_or_create(
        address=address,
        scope=wanted.scope,
        defaults={
            "wanted": wanted.as_json(),
            "computed_at": now,
            "style": found.style.label,
            "complete": history.complete,
            "report": behavior_as_json(found),
        },
    )
    return _result(address, wanted, found, now.isoformat())


def dollar_price(history: History) -> Decimal | None:
    """Dollars per SOL, asked for only when the history has dollars in it. Raises what CoinGecko raises."""
    mentioned = {mint for moment in history.moments for mint in mints_of(moment.meaning)}
    return sol_usd() if mentioned & DOLLARS else None


def _result(address: str, wanted: Wanted, found: Behavior, computed_at: str) -> BehaviorResult:
    return BehaviorResult(
        address=address,
        scope=wanted.scope,
        style=found.style.label,
        reason=found.style.reason,
        trades=found.trades,
        tokens=len(found.tokens),
        median_trade=plain(found.sizes.median),
        median_holding=plain(found.holding.median),
        win_rate=None if found.wins.rate is None else plain(found.wins.rate),
        concentration=plain(found.concentration.hhi),
        active_days=found.sessions.active_days,
        computed_at=computed_at,
    )
