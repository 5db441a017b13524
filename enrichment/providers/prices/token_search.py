"""Finds a token by its symbol at DexScreener. https://docs.dexscreener.com/api/reference"""

from dataclasses import dataclass
from decimal import Decimal

from enrichment.providers.addresses import dexscreener
from enrichment.providers.http import Service

_SERVICE = Service("DexScreener")


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token on Solana."""

    mint: str
    symbol: str
    name: str


def find_token(symbol: str) -> FoundToken | None:
    """The token with this symbol whose pairs have the most liquidity: copies of it have little.

    Raises RateLimited, Transient, Permanent.
    """
    answer = _SERVICE.get(f"{dexscreener()}/latest/dex/search", {"q": symbol})
    deepest: dict[str, Decimal] = {}
    tokens: dict[str, FoundToken] = {}
    for pair in (answer or {}).get("pairs") or ():
        base = pair["baseToken"]
        if pair.get("chainId") != "solana" or base["symbol"].upper() != symbol.upper():
            continue
        tokens[base["address"]] = FoundToken(base["address"], base["symbol"], base.get("name") or "")
        liquidity = Decimal(str((pair.get("liquidity") or {}).get("usd") or 0))
        deepest[base["address"]] = max(liquidity, deepest.get(base["address"], liquidity))
    return tokens[max(deepest, key=lambda mint: deepest[mint])] if deepest else None
