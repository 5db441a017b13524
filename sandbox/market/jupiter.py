"""Jupiter's price API, version 3. https://dev.jup.ag/docs/price/v3"""

from typing import Any

from sandbox.http import Request, Response
from sandbox.market.prices import Market
from sandbox.market.trades import pool_opened
from sandbox.solana.pools import Asset

MOST_IDS = 50


class Jupiter:
    """Answers the paths below api.jup.ag. As there, a token without a reliable price is left out."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._assets = {str(token.asset.mint): token.asset for token in market.directory.tokens}

    def answer(self, request: Request) -> Response:
        """Prices by mint."""
        if request.path.strip("/") != "price/v3":
            return Response({"message": "no Route matched with those values"}, 404)
        ids = [mint for mint in request.query.get("ids", "").split(",") if mint]
        if not ids:
            return Response({"error": "Invalid request: query parameter ids is required"}, 400)
        if len(ids) > MOST_IDS:
            return Response({"error": f"Invalid request: at most {MOST_IDS} ids"}, 400)
        known = {mint: self._assets[mint] for mint in ids if mint in self._assets}
        return Response({mint: told for mint, asset in known.items() if (told := self._price(asset))})

    def _price(self, asset: Asset) -> dict[str, Any] | None:
        node = self._market.node
        pools = [pool for pool in self._market.pools() if asset.mint in (pool.base.mint, pool.quote.mint)]
        if not pools:
            return None
        quotes = [
            pool.reserve(node, pool.quote) / 10**pool.quote.decimals * self._market.usd(pool.quote)
            for pool in pools
        ]
        return {
            "usdPrice": self._market.usd(asset),
            "blockId": node.clock.slot(),
            "decimals": asset.decimals,
            "priceChange24h": 0.0,
            "liquidity": round(2 * max(quotes), 2),
            "createdAt": str(min(pool_opened(node, pool) for pool in pools)),
        }
