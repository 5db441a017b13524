"""Prices and names of tokens from DexScreener, no key needed. https://docs.dexscreener.com/api/reference"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from enrichment.providers.addresses import dexscreener
from enrichment.providers.budget import Budget
from enrichment.providers.http import Service
from enrichment.providers.prices.quotes import Quote

_SERVICE = Service("DexScreener", budget=Budget("dexscreener"))
_AT_ONCE = 30  # mints in one request


@dataclass(frozen=True, slots=True)
class TokenName:
    """How a market calls a token."""

    symbol: str
    name: str


@dataclass(frozen=True, slots=True)
class TokenMarket:
    """What a market says of a token, by the pair with the most liquidity that has the token as its base.

    Money is in dollars, changes in per cent; None is what the market does not tell.
    """

    name: TokenName
    price: Decimal | None = None
    liquidity: Decimal | None = None
    volume_24h: Decimal | None = None
    change_24h: Decimal | None = None
    market_cap: Decimal | None = None
    image: str = ""
    page: str = ""


def markets_of(mints: Sequence[str]) -> dict[str, TokenMarket]:
    """Names, prices and the rest of the tokens that are traded somewhere.

    A token that is only ever the quote of a pair has a name and no price: the pair's price is its base's.
    Raises as below.
    """
    names: dict[str, TokenName] = {}
    best: dict[str, tuple[Decimal, dict[str, Any]]] = {}
    for pair in _pairs(mints):
        for side in (pair["baseToken"], pair["quoteToken"]):
            names[side["address"]] = TokenName(side.get("symbol") or "", side.get("name") or "")
        mint, depth = pair["baseToken"]["address"], _liquidity(pair)
        if mint not in best or depth > best[mint][0]:
            best[mint] = (depth, pair)
    return {
        mint: _market(names[mint], best[mint][1]) if mint in best else TokenMarket(names[mint])
        for mint in mints
        if mint in names
    }


def _market(name: TokenName, pair: dict[str, Any]) -> TokenMarket:
    return TokenMarket(
        name=name,
        price=_number(pair, "priceUsd") or None,
        liquidity=_number(pair, "liquidity", "usd"),
        volume_24h=_number(pair, "volume", "h24"),
        change_24h=_number(pair, "priceChange", "h24"),
        market_cap=_number(pair, "marketCap") or _number(pair, "fdv"),
        image=(pair.get("info") or {}).get("imageUrl") or "",
        page=pair.get("url") or "",
    )


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


def quote_of(mint: str) -> Quote | None:
    """The coin's market: the price of its deepest pair, volume and liquidity over all pairs that sell it.

    None when there is no market with a price. Raises as above.
    """
    pairs = [
        pair for pair in _pairs([mint]) if pair["baseToken"]["address"] == mint and _number(pair, "priceUsd")
    ]
    if not pairs:
        return None
    deepest = max(pairs, key=_liquidity)
    return Quote(
        mint=mint,
        usd=Decimal(str(deepest["priceUsd"])),
        source="dexscreener",
        symbol=deepest["baseToken"].get("symbol") or "",
        name=deepest["baseToken"].get("name") or "",
        volume_24h=sum((_number(pair, "volume", "h24") or Decimal(0) for pair in pairs), Decimal(0)),
        liquidity=sum(map(_liquidity, pairs), Decimal(0)),
        market_cap=_number(deepest, "marketCap") or _number(deepest, "fdv"),
        change_24h=_number(deepest, "priceChange", "h24"),
        pools=tuple(pair["pairAddress"] for pair in pairs),
    )


def _pairs(mints: Iterable[str]) -> Iterator[dict[str, Any]]:
    wanted = list(dict.fromkeys(mints))
    for start in range(0, len(wanted), _AT_ONCE):
        listed = ",".join(wanted[start : start + _AT_ONCE])
        yield from _SERVICE.get(f"{dexscreener()}/tokens/v1/solana/{listed}", {}) or ()


def _liquidity(pair: dict[str, Any]) -> Decimal:
    return _number(pair, "liquidity", "usd") or Decimal(0)


def _number(pair: dict[str, Any], *path: str) -> Decimal | None:
    """A figure of a pair, None where it is absent."""
    value: Any = pair
    for name in path:
        value = (value or {}).get(name)
    return None if value is None else Decimal(str(value))
