"""Prices and names of tokens from DexScreener, no key needed. https://docs.dexscreener.com/api/reference"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from enrichment.providers.addresses import dexscreener
from enrichment.providers.http import Service

_SERVICE = Service("DexScreener")
_AT_ONCE = 30  # mints in one request


@dataclass(frozen=True, slots=True)
class TokenName:
    """How a market calls a token."""

    symbol: str
    name: str


def dollar_prices(mints: Sequence[str]) -> dict[str, Decimal]:
    """Dollars per whole token, by the pair with the most liquidity; a token without a price is left out.

    Raises RateLimited, Transient, Permanent.
    """
    best: dict[str, tuple[Decimal, Decimal]] = {}
    for pair in _pairs(mints):
        # A pair's price is that of its base; the token that was asked for may be the quote.
        mint = pair["baseToken"]["address"]
        offer = (_liquidity(pair), Decimal(pair.get("priceUsd") or 0))
        if offer[1] > 0:
            best[mint] = max(offer, best.get(mint, offer))
    return {mint: best[mint][1] for mint in mints if mint in best}


def names_of(mints: Sequence[str]) -> dict[str, TokenName]:
    """Symbols and names of the tokens that are traded somewhere. Raises as above."""
    found = {
        side["address"]: TokenName(side.get("symbol") or "", side.get("name") or "")
        for pair in _pairs(mints)
        for side in (pair["baseToken"], pair["quoteToken"])
    }
    return {mint: found[mint] for mint in mints if mint in found}


def _pairs(mints: Iterable[str]) -> Iterator[dict[str, Any]]:
    wanted = list(dict.fromkeys(mints))
    for start in range(0, len(wanted), _AT_ONCE):
        listed = ",".join(wanted[start : start + _AT_ONCE])
        yield from _SERVICE.get(f"{dexscreener()}/tokens/v1/solana/{listed}", {}) or ()


def _liquidity(pair: dict[str, Any]) -> Decimal:
    return Decimal(str((pair.get("liquidity") or {}).get("usd") or 0))
