"""CoinGecko's simple price. https://docs.coingecko.com/reference/simple-price"""

from typing import Any

from sandbox.http import Request, Response
from sandbox.market.prices import Market
from sandbox.solana.pools import Asset


class CoinGecko:
    """Answers the paths below /api/v3."""

    def __init__(self, market: Market) -> None:
        self._market = market
        well_known = {"SOL": "solana", "USDC": "usd-coin"}
        self._assets: dict[str, Asset] = {
            well_known.get(token.asset.symbol, token.name.lower().replace(" ", "-")): token.asset
            for token in market.directory.tokens
        }

    def answer(self, request: Request) -> Response:
        """Prices, or the ping."""
        match request.path.strip("/").split("/"):
            case ["api", "v3", "simple", "price"]:
                return self._simple_price(request)
            case ["api", "v3", "ping"]:
                return Response({"gecko_says": "(V3) To the Moon!"})
        return Response({"error": "Incorrect path. Please check https://docs.coingecko.com/"}, 404)

    def _simple_price(self, request: Request) -> Response:
        for name in ("ids", "vs_currencies"):
            if not request.query.get(name):
                return Response({"error": f"Missing parameter {name}"}, 422)
        currencies = request.query["vs_currencies"].split(",")
        known = [name for name in request.query["ids"].split(",") if name in self._assets]
        return Response({name: self._price(name, currencies, request) for name in known})

    def _price(self, name: str, currencies: list[str], request: Request) -> dict[str, Any]:
        """An unknown currency is left out, as there."""
        asset = self._assets[name]
        answer: dict[str, Any] = {}
        if "usd" in currencies:
            price = self._market.usd(asset)
            answer["usd"] = price
            if request.query.get("include_market_cap") == "true":
                answer["usd_market_cap"] = price * self._market.supply(asset)
        if request.query.get("include_last_updated_at") == "true":
            answer["last_updated_at"] = self._market.node.clock.tip
        return answer
