"""What a market says about a coin, whoever says it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Quote:
    """A coin's price now. Money is in dollars; None where the source does not tell.

    `change_24h` is in per cent, `pools` are the addresses of the markets that were looked at.
    """

    mint: str
    usd: Decimal
    source: str
    symbol: str = ""
    name: str = ""
    volume_24h: Decimal | None = None
    liquidity: Decimal | None = None
    market_cap: Decimal | None = None
    change_24h: Decimal | None = None
    pools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastPrice:
    """A coin's price at a moment of the past, in dollars, with the volume of the 24 hours before it."""

    time: datetime
    usd: Decimal
    volume_24h: Decimal | None = None
    market_cap: Decimal | None = None
