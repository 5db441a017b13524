"""DexScreener's public API over the chain's pools. https://docs.dexscreener.com/api/reference

As there, a token may be the quote of a returned pair, not only its base.
"""

from typing import Any

from sandbox.http import HttpError, Request, Response
from sandbox.market.prices import Market
from sandbox.market.trades import Trade, pool_opened, recent_trades
from sandbox.solana.pools import Asset, Pool

CHAIN = "solana"
MOST_TOKENS = 30
WINDOWS = {"m5": 300, "h1": 3_600, "h6": 21_600, "h24": 86_400}  # seconds


class DexScreener:
    """Answers the paths below api.dexscreener.com."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._names = {str(token.asset.mint): token.name for token in market.directory.tokens}

    def answer(self, request: Request) -> Response:
        """Pairs by tokens, by token, by pair address, or by a search word."""
        match request.path.strip("/").split("/"):
            case ["tokens", "v1", chain, mints]:
                return Response(self._of_tokens(chain, mints.split(",")))
            case ["token-pairs", "v1", chain, mint]:
                return Response(self._of_tokens(chain, [mint]))
            case ["latest", "dex", "pairs", chain, addresses]:
                found = [pool for pool in self._pools(chain) if str(pool.address) in addresses.split(",")]
                return Response(self._wrapped(found))
            case ["latest", "dex", "search"]:
                return Response(self._wrapped(self._search(request.query.get("q", ""))))
        return Response({"error": "Not Found"}, 404)

    def _of_tokens(self, chain: str, mints: list[str]) -> list[dict[str, Any]]:
        if len(mints) > MOST_TOKENS:
            raise HttpError(400, {"error": f"at most {MOST_TOKENS} token addresses"})
        wanted = set(mints)
        return [
            self._pair(pool)
            for pool in self._pools(chain)
            if {str(pool.base.mint), str(pool.quote.mint)} & wanted
        ]

    def _pools(self, chain: str) -> list[Pool]:
        return self._market.pools() if chain == CHAIN else []

    def _search(self, text: str) -> list[Pool]:
        word = text.strip().lower()
        if not word:
            return []
        return [pool for pool in self._market.pools() if any(word in field for field in self._fields(pool))]

    def _fields(self, pool: Pool) -> list[str]:
        """What a search looks at, in small letters."""
        mints = [str(pool.base.mint), str(pool.quote.mint)]
        names = [self._names[mint] for mint in mints]
        return [field.lower() for field in (pool.name, str(pool.address), *mints, *names)]

    def _wrapped(self, pools: list[Pool]) -> dict[str, Any]:
        return {"schemaVersion": "1.0.0", "pairs": [self._pair(pool) for pool in pools] or None}

    def _pair(self, pool: Pool) -> dict[str, Any]:
        market, node = self._market, self._market.node
        price, quote_usd = pool.price(node), market.usd(pool.quote)
        base = pool.reserve(node, pool.base) / 10**pool.base.decimals
        quote = pool.reserve(node, pool.quote) / 10**pool.quote.decimals
        worth = price * quote_usd * market.supply(pool.base)
        return {
            "chainId": CHAIN,
            "dexId": "sandbox",
            "url": f"https://dexscreener.com/{CHAIN}/{pool.address}",
            "pairAddress": str(pool.address),
            "baseToken": self._token(pool.base),
            "quoteToken": self._token(pool.quote),
            "priceNative": f"{price:.12f}",
            "priceUsd": f"{price * quote_usd:.12f}",
            **activity(recent_trades(node, pool), node.clock.tip, price, quote_usd),
            "liquidity": {"usd": round(2 * quote * quote_usd, 2), "base": base, "quote": quote},
            "fdv": round(worth, 2),
            "marketCap": round(worth, 2),
            "pairCreatedAt": pool_opened(node, pool) * 1000,
        }

    def _token(self, asset: Asset) -> dict[str, str]:
        mint = str(asset.mint)
        return {"address": mint, "name": self._names[mint], "symbol": asset.symbol}


def activity(trades: list[Trade], now: int, price: float, quote_usd: float) -> dict[str, Any]:
    """Counts, volume in dollars and price change in per cent, for each of DexScreener's windows."""
    txns, volume, change = {}, {}, {}
    for name, seconds in WINDOWS.items():
        inside = [trade for trade in trades if trade.time > now - seconds]
        before = [trade for trade in trades if trade.time <= now - seconds]
        buys = sum(trade.bought for trade in inside)
        txns[name] = {"buys": buys, "sells": len(inside) - buys}
        volume[name] = round(sum(trade.quote_volume for trade in inside) * quote_usd, 2)
        old = before[-1].price if before else price
        change[name] = round((price / old - 1) * 100, 2) if old else 0.0
    return {"txns": txns, "volume": volume, "priceChange": change}
