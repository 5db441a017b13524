"""Asks the markets: DexScreener for everything, and for prices alone the others, one after another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from enrichment.providers.prices import defillama, jupiter
from enrichment.providers.prices.dexscreener import TokenMarket, TokenName, markets_of
from jobs.errors import JobError, RateLimited, Transient

Prices = Callable[[Sequence[str]], dict[str, Decimal]]

DEXSCREENER = "dexscreener"
# Who is asked for the prices that DexScreener does not tell, in this order.
FALLBACKS: tuple[tuple[str, Prices], ...] = (
    ("jupiter", jupiter.dollar_prices),
    ("defillama", defillama.dollar_prices),
)
_NAMELESS = TokenMarket(TokenName("", ""))


@dataclass(frozen=True)
class Found:
    """What a market said of one token, and who told its price (empty: nobody)."""

    market: TokenMarket
    source: str


def ask(mints: Sequence[str]) -> dict[str, Found]:
    """What is known of each mint; one that nobody knows has neither name nor price.

    Transient when no provider answered at all; RateLimited when all that failed asked to wait.
    """
    faults: list[JobError] = []
    found = _first(mints, faults)
    for source, prices in FALLBACKS:
        open_mints = [mint for mint in mints if found[mint].market.price is None]
        if not open_mints:
            break
        try:
            told = prices(open_mints)
        except JobError as error:
            faults.append(error)
            continue
        for mint, price in told.items():
            found[mint] = Found(replace(found[mint].market, price=price), source)
    if len(faults) > len(FALLBACKS):
        raise _worst(faults)
    return found


def _first(mints: Sequence[str], faults: list[JobError]) -> dict[str, Found]:
    markets: dict[str, TokenMarket] = {}
    try:
        markets = markets_of(mints)
    except JobError as error:
        faults.append(error)
    found = {mint: markets.get(mint, _NAMELESS) for mint in mints}
    return {mint: Found(one, DEXSCREENER if one.price is not None else "") for mint, one in found.items()}


def _worst(faults: Sequence[JobError]) -> JobError:
    waits = [fault for fault in faults if isinstance(fault, RateLimited)]
    if len(waits) == len(faults):
        return min(waits, key=lambda fault: fault.delay)
    return Transient("; ".join(str(fault) for fault in faults))
