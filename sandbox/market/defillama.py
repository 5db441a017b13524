"""DefiLlama's current prices. https://api-docs.defillama.com/ (coins)"""

from typing import Any

from sandbox.http import Request, Response
from sandbox.market.prices import Market
from sandbox.solana.pools import Asset

_CHAIN = "solana:"


class DefiLlama:
    """Answers the paths below coins.llama.fi."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._assets = {str(token.asset.mint): token.asset for token in market.directory.tokens}

    def answer(self, request: Request) -> Response:
        """Prices by `chain:address`; coins that are not known are left out."""
        match request.path.strip("/").split("/"):
            case ["prices", "current", coins]:
                asked = {coin: self._assets.get(coin.removeprefix(_CHAIN)) for coin in coins.split(",")}
                found = {coin: self._told(asset) for coin, asset in asked.items() if asset}
                return Response({"coins": {coin: told for coin, told in found.items() if told["price"]}})
        return Response({"message": "Not Found"}, 404)

    def _told(self, asset: Asset) -> dict[str, Any]:
        return {
            "decimals": asset.decimals,
            "symbol": asset.symbol,
            "price": self._market.usd(asset),
            "timestamp": self._market.node.clock.tip,
            "confidence": 0.99,
        }
