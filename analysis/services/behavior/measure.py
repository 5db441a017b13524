"""Behaviour out of trades and positions: pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from analysis.services.behavior.spread import Concentration, Spread, concentration_of, spread_of
from analysis.services.behavior.style import Style, style_of
from analysis.services.behavior.trades import Activity, Closed, Held, TradeMade
from analysis.services.pnl.exact import ZERO, exactly, share

SESSION_GAP = timedelta(hours=4)  # a longer pause between two trades ends a session
_HOLDING_BUCKETS = (
    ("under 1 hour", 3600),
    ("1 to 24 hours", 86_400),
    ("1 to 7 days", 7 * 86_400),
    ("7 to 30 days", 30 * 86_400),
)
_LONGER = "over 30 days"
BUCKETS = (*(name for name, _ in _HOLDING_BUCKETS), _LONGER)
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Sessions:
    """When it trades (UTC): trades by hour and by weekday (Monday first), sessions, days with a trade.

    `quiet_hours` is the longest run of hours of the day without a single trade, `busiest_hour` the hour with
    the most trades (the earlier of equals), None without trades.
    """

    hours: tuple[int, ...]
    weekdays: tuple[int, ...]
    count: int
    active_days: int
    busiest_hour: int | None
    quiet_hours: int


@dataclass(frozen=True, slots=True)
class Wins:
    """How positions ended; a position is what one transaction sold of one token. Gains in SOL.

    `rate` is the share of those closed with a gain, None when none was closed. `profit_factor` is what was
    won over what was lost, None without a loss.
    """

    closed: int
    won: int
    lost: int
    rate: Decimal | None
    mean_win: Decimal
    mean_loss: Decimal
    profit_factor: Decimal | None


@dataclass(frozen=True, slots=True)
class Token:
    """What a token meant to the wallet: trades and their worth in SOL."""

    mint: str
    trades: int
    volume: Decimal


@dataclass(frozen=True)
class Behavior:
    """Everything. Money in SOL, times in seconds; `holding_buckets` count lots by how long they were held."""

    trades: int
    buys: int
    sells: int
    first_at: datetime | None
    last_at: datetime | None
    sizes: Spread
    holding: Spread
    holding_buckets: dict[str, int]
    sessions: Sessions
    wins: Wins
    concentration: Concentration
    tokens: tuple[Token, ...]
    left_out: tuple[str, ...]
    style: Style


def measure(activity: Activity) -> Behavior:
    """The behaviour that the trades show."""
    trades = activity.trades
    tokens = _tokens(trades)
    buys = sum(trade.bought for trade in trades)
    sizes, holding = (
        spread_of([one.value for one in trades]),
        spread_of([one.seconds for one in activity.held]),
    )
    sessions = sessions_of(trades)
    concentration = concentration_of([token.volume for token in tokens])
    return Behavior(
        trades=len(trades),
        buys=buys,
        sells=len(trades) - buys,
        first_at=trades[0].time if trades else None,
        last_at=trades[-1].time if trades else None,
        sizes=sizes,
        holding=holding,
        holding_buckets=_buckets(activity.held),
        sessions=sessions,
        wins=wins_of(activity.closed),
        concentration=concentration,
        tokens=tokens,
        left_out=activity.left_out,
        style=style_of(len(trades), buys, sizes.median, holding, sessions.active_days, len(tokens)),
    )


def sessions_of(trades: Sequence[TradeMade]) -> Sessions:
    """When the trades, oldest first, were made."""
    times = [trade.time.astimezone(UTC) for trade in trades]
    hours, weekdays = Counter(time.hour for time in times), Counter(time.weekday() for time in times)
    gaps = sum(later - earlier > SESSION_GAP for earlier, later in pairwise(times))
    counts = tuple(hours[hour] for hour in range(24))
    return Sessions(
        hours=counts,
        weekdays=tuple(weekdays[day] for day in range(7)),
        count=gaps + 1 if times else 0,
        active_days=len({time.date() for time in times}),
        busiest_hour=counts.index(max(counts)) if times else None,
        quiet_hours=_quiet(counts) if times else 24,
    )


def wins_of(closed: Sequence[Closed]) -> Wins:
    """How often, and how much, was won."""
    gains = [one.gain for one in closed if one.gain > 0]
    losses = [-one.gain for one in closed if one.gain < 0]
    with exactly():
        won, lost = sum(gains, ZERO), sum(losses, ZERO)
        return Wins(
            closed=len(closed),
            won=len(gains),
            lost=len(losses),
            rate=share(Decimal(len(gains)), _ONE, Decimal(len(closed))) if closed else None,
            mean_win=share(won, _ONE, Decimal(len(gains))) if gains else ZERO,
            mean_loss=share(lost, _ONE, Decimal(len(losses))) if losses else ZERO,
            profit_factor=share(won, _ONE, lost) if losses else None,
        )


def _quiet(hours: Sequence[int]) -> int:
    """The longest run of zeros around the clock."""
    longest = run = 0
    for count in (*hours, *hours):
        run = 0 if count else run + 1
        longest = max(longest, run)
    return min(longest, 24)


def _buckets(held: Sequence[Held]) -> dict[str, int]:
    found = dict.fromkeys(BUCKETS, 0)
    for one in held:
        found[next((name for name, limit in _HOLDING_BUCKETS if one.seconds < limit), _LONGER)] += 1
    return found


def _tokens(trades: Sequence[TradeMade]) -> tuple[Token, ...]:
    """The tokens by their volume, the greatest first."""
    counts: Counter[str] = Counter(trade.mint for trade in trades)
    volumes = dict.fromkeys(counts, ZERO)
    with exactly():
        for trade in trades:
            volumes[trade.mint] += trade.value
    ordered = sorted(volumes, key=lambda mint: (-volumes[mint], mint))
    return tuple(Token(mint, counts[mint], volumes[mint]) for mint in ordered)
