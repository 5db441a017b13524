"""What each day brought, for charts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from analysis.services.pnl.exact import ZERO
from analysis.services.pnl.matching import Matching


@dataclass(frozen=True, slots=True)
class Day:
    """What one day (UTC) brought, and the net up to its end."""

    day: date
    gain: Decimal
    income: Decimal
    transfer_fees: Decimal
    cumulative_net: Decimal


def per_day(found: Matching) -> list[Day]:
    """Days on which something was gained, earned or paid; to be called within `exact.exactly`."""
    gain: dict[date, Decimal] = defaultdict(lambda: ZERO)
    income: dict[date, Decimal] = defaultdict(lambda: ZERO)
    fees: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for match in found.matches:
        gain[_day(match.sold_at)] += match.gain
    for amount in found.income:
        income[_day(amount.time)] += amount.value
    for amount in found.transfer_fees:
        fees[_day(amount.time)] += amount.value
    days, net = [], ZERO
    for day in sorted({*gain, *income, *fees}):
        net += gain[day] + income[day] - fees[day]
        days.append(Day(day, gain[day], income[day], fees[day], net))
    return days


def _day(time: datetime) -> date:
    return time.astimezone(UTC).date()
