"""CoinGecko's simple price, prices by contract, and market charts.

https://docs.coingecko.com/reference/simple-price, .../simple-token-price,
.../contract-address-market-chart
"""

from typing import Any

from sandbox.http import HttpError, Request, Response
from sandbox.market.dexscreener import activity
from sandbox.market.history import PriceHistory
from sandbox.market.prices import Market
from sandbox.market.trades import recent_trades
from sandbox.solana.pools import Asset

CHAIN = "solana"
MOST_DAYS = 365  # of the demo plan


class CoinGecko:
    """Answers the paths below /api/v3."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._history = PriceHistory(market)
        well_known = {"SOL": "solana", "USDC": "usd-coin"}
        self._assets: dict[str, Asset] = {
            well_known.get(token.asset.symbol, token.name.lower().replace(" ", "-")): token.asset
            for token in market.directory.tokens
        }
        self._by_mint = {str(asset.mint): asset for asset in self._assets.values()}

    def answer(self, request: Request) -> Response:
        """Prices, a chart, or the ping."""
        match request.path.strip("/").split("/"):
            case ["api", "v3", "simple", "price"]:
                return self._prices(request, "ids", self._assets)
            case ["api", "v3", "simple", "token_price", chain]:
                return self._prices(request, "contract_addresses", self._on(chain))
            case ["api", "v3", "coins", chain, "contract", mint, "market_chart"]:
                return self._chart(request, self._on(chain).get(mint))
            case ["api", "v3", "coins", name, "market_chart"]:
                return self._chart(request, self._assets.get(name))
            case ["api", "v3", "ping"]:
                return Response({"gecko_says": "(V3) To the Moon!"})
        return Response({"error": "Incorrect path. Please check https://docs.coingecko.com/"}, 404)

    def _on(self, chain: str) -> dict[str, Asset]:
        return self._by_mint if chain == CHAIN else {}

    def _prices(self, request: Request, listed: str, assets: dict[str, Asset]) -> Response:
        """The prices of those that are known, under the names that they were asked for by."""
        for name in (listed, "vs_currencies"):
            if not request.query.get(name):
                return Response({"error": f"Missing parameter {name}"}, 422)
        currencies = request.query["vs_currencies"].split(",")
        known = [name for name in request.query[listed].split(",") if name in assets]
        return Response({name: self._price(assets[name], currencies, request) for name in known})

    def _price(self, asset: Asset, currencies: list[str], request: Request) -> dict[str, Any]:
        """An unknown currency is left out, as there."""
        answer: dict[str, Any] = {}
        if "usd" in currencies:
            price = self._market.usd(asset)
            answer["usd"] = price
            if request.query.get("include_market_cap") == "true":
                answer["usd_market_cap"] = price * self._market.supply(asset)
            day = self._day(asset)
            if request.query.get("include_24hr_vol") == "true":
                answer["usd_24h_vol"] = day["volume"]["h24"]
            if request.query.get("include_24hr_change") == "true":
                answer["usd_24h_change"] = day["priceChange"]["h24"]
        if request.query.get("include_last_updated_at") == "true":
            answer["last_updated_at"] = self._market.node.clock.tip
        return answer

    def _day(self, asset: Asset) -> dict[str, Any]:
        """Volume and change of the last day, from the pool that prices the asset."""
        market, pool = self._market, self._market.pool_of(asset)
        if pool is None:
            return {"volume": {"h24": 0.0}, "priceChange": {"h24": 0.0}}
        trades = recent_trades(market.node, pool)
        return activity(trades, market.node.clock.tip, pool.price(market.node), market.usd(pool.quote))

    def _chart(self, request: Request, asset: Asset | None) -> Response:
        if asset is None:
            return Response({"error": "coin not found"}, 404)
        if request.query.get("vs_currency") != "usd":
            return Response({"error": "Missing parameter vs_currency"}, 422)
        past = self._history.hourly(asset, _days(request))
        supply = self._market.supply(asset)
        return Response(
            {
                "prices": [[one.time * 1000, one.usd] for one in past],
                "market_caps": [[one.time * 1000, one.usd * supply] for one in past],
                "total_volumes": [[one.time * 1000, one.volume] for one in past],
            }
        )


def _days(request: Request) -> int:
    text = request.query.get("days", "")
    if not text.isdigit() or not 1 <= int(text) <= MOST_DAYS:
        raise HttpError(422, {"error": "Invalid days parameter"})
    return int(text)
