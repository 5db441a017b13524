"""Prices and names of tokens from DexScreener, no key needed. https://docs.dexscreener.com/api/reference"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from enrichment.providers.addresses import dexscreener
from enrichment.providers.budget import Provider
from enrichment.providers.http import Service
from enrichment.providers.prices.quotes import Quote

_SERVICE = Service("DexScreener", Provider.DEXSCREENER)
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


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token on Solana."""

    mint: str
    symbol: str
    name: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pool. Its price and the other figures are those of its base; a token asked for may be its quote."""

    chain: str
    address: str
    base: str
    names: dict[str, TokenName]  # of both sides, by mint
    price: Decimal | None
    told_liquidity: Decimal | None
    volume_24h: Decimal | None
    change_24h: Decimal | None
    market_cap: Decimal | None
    image: str
    page: str

    @property
    def liquidity(self) -> Decimal:
        """What is in the pool, nothing when nobody tells."""
        return self.told_liquidity or Decimal(0)


def markets_of(mints: Iterable[str]) -> dict[str, TokenMarket]:
    """Names, prices and the rest of the tokens that are traded somewhere.

    A token that is only ever the quote of a pair has a name and no price. Raises as below.
    """
    wanted = list(dict.fromkeys(mints))
    pairs = _pairs(wanted)
    names = {mint: name for pair in pairs for mint, name in pair.names.items()}
    best = _deepest(pairs)
    return {
        mint: _market(names[mint], best[mint]) if mint in best else TokenMarket(names[mint])
        for mint in wanted
        if mint in names
    }


def dollar_prices(mints: Iterable[str]) -> dict[str, Decimal]:
    """Dollars per whole token, by the pair with the most liquidity; a token without a price is left out.

    Raises RateLimited, Transient, Permanent.
    """
    wanted = list(dict.fromkeys(mints))
    best = _deepest([pair for pair in _pairs(wanted) if pair.price])
    return {mint: price for mint in wanted if mint in best and (price := best[mint].price)}


def names_of(mints: Iterable[str]) -> dict[str, TokenName]:
    """Symbols and names of the tokens that are traded somewhere. Raises as above."""
    wanted = list(dict.fromkeys(mints))
    found = {mint: name for pair in _pairs(wanted) for mint, name in pair.names.items()}
    return {mint: found[mint] for mint in wanted if mint in found}


def quote_of(mint: str) -> Quote | None:
    """The coin's market: the price of its deepest pair, volume and liquidity over all pairs that sell it.

    None when there is no market with a price. Raises as above.
    """
    pairs = [pair for pair in _pairs([mint]) if pair.base == mint and pair.price]
    deepest = max(pairs, key=lambda pair: pair.liquidity, default=None)
    if deepest is None or deepest.price is None:
        return None
    return Quote(
        mint=mint,
        usd=deepest.price,
        source="dexscreener",
        symbol=deepest.names[mint].symbol,
        name=deepest.names[mint].name,
        volume_24h=sum((pair.volume_24h or Decimal(0) for pair in pairs), Decimal(0)),
        liquidity=sum((pair.liquidity for pair in pairs), Decimal(0)),
        market_cap=deepest.market_cap,
        change_24h=deepest.change_24h,
        pools=tuple(pair.address for pair in pairs),
    )


def find_token(symbol: str) -> FoundToken | None:
    """The token with this symbol whose pairs have the most liquidity: copies of it have little. Raises as above."""
    found = _SERVICE.get(f"{dexscreener()}/latest/dex/search", {"q": symbol}, _searched)
    named = [pair for pair in found if pair.chain == "solana" and _symbol(pair).upper() == symbol.upper()]
    deepest = max(named, key=lambda pair: pair.liquidity, default=None)
    return FoundToken(deepest.base, _symbol(deepest), deepest.names[deepest.base].name) if deepest else None


def _symbol(pair: _Pair) -> str:
    return pair.names[pair.base].symbol


def _pairs(mints: list[str]) -> list[_Pair]:
    parts = (mints[start : start + _AT_ONCE] for start in range(0, len(mints), _AT_ONCE))
    answers = (
        _SERVICE.get(f"{dexscreener()}/tokens/v1/solana/{','.join(part)}", {}, _listed) for part in parts
    )
    return [pair for answer in answers for pair in answer]


def _listed(answer: Any) -> list[_Pair]:
    return [_pair(row) for row in answer or ()]


def _searched(answer: Any) -> list[_Pair]:
    return _listed((answer or {}).get("pairs"))


def _pair(row: dict[str, Any]) -> _Pair:
    return _Pair(
        chain=row.get("chainId") or "",
        address=row["pairAddress"],
        base=row["baseToken"]["address"],
        names={
            side["address"]: TokenName(side.get("symbol") or "", side.get("name") or "")
            for side in (row["quoteToken"], row["baseToken"])
        },
        price=_number(row, "priceUsd") or None,
        told_liquidity=_number(row, "liquidity", "usd"),
        volume_24h=_number(row, "volume", "h24"),
        change_24h=_number(row, "priceChange", "h24"),
        market_cap=_number(row, "marketCap") or _number(row, "fdv"),
        image=(row.get("info") or {}).get("imageUrl") or "",
        page=row.get("url") or "",
    )


def _number(row: dict[str, Any], *path: str) -> Decimal | None:
    """A figure of a pair, None where it is absent."""
    value: Any = row
    for name in path:
        value = (value or {}).get(name)
    return None if value is None else Decimal(str(value))


def _deepest(pairs: Iterable[_Pair]) -> dict[str, _Pair]:
    """Of each base the pair with the most liquidity; the first one of several."""
    best: dict[str, _Pair] = {}
    for pair in pairs:
        if pair.base not in best or pair.liquidity > best[pair.base].liquidity:
            best[pair.base] = pair
    return best


def _market(name: TokenName, pair: _Pair) -> TokenMarket:
    return TokenMarket(
        name,
        price=pair.price,
        liquidity=pair.told_liquidity,
        volume_24h=pair.volume_24h,
        change_24h=pair.change_24h,
        market_cap=pair.market_cap,
        image=pair.image,
        page=pair.page,
    )
