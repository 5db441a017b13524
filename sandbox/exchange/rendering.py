"""Answers in Binance's shapes. https://developers.binance.com/docs/binance-spot-api-docs/rest-api"""

from decimal import Decimal
from typing import Any

from sandbox.exchange.book import Book
from sandbox.exchange.ledger import Holding
from sandbox.exchange.limits import ORDERS_PER_TEN_SECONDS, WEIGHT_PER_MINUTE
from sandbox.exchange.markets import FEE, MARKETS, Market
from sandbox.exchange.orders import Order, Trade
from sandbox.exchange.path import Candle, PricePath

_ORDER_TYPES = ["LIMIT", "LIMIT_MAKER", "MARKET"]
_DAY = 86_400


def amount(value: Decimal) -> str:
    """An amount with eight places, or as many as it has."""
    return f"{value:.8f}" if -value.as_tuple().exponent <= 8 else f"{value:f}"  # type: ignore[operator]  # finite


def market(one: Market) -> dict[str, Any]:
    """A market in exchangeInfo."""
    price, size = amount(one.tick), amount(one.step)
    return {
        "symbol": one.symbol, "status": "TRADING", "baseAsset": one.base, "baseAssetPrecision": 8,
        "quoteAsset": one.quote, "quotePrecision": 8, "quoteAssetPrecision": 8, "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8, "orderTypes": _ORDER_TYPES, "icebergAllowed": False, "ocoAllowed": False,
        "quoteOrderQtyMarketAllowed": True, "isSpotTradingAllowed": True, "isMarginTradingAllowed": False,
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": price, "maxPrice": "1000000.00000000", "tickSize": price},
            {"filterType": "LOT_SIZE", "minQty": size, "maxQty": "100000.00000000", "stepSize": size},
            {"filterType": "NOTIONAL", "minNotional": amount(one.least_cost), "applyMinToMarket": True},
        ],
        "permissions": [], "permissionSets": [["SPOT"]],
    }  # fmt: skip


def exchange_info(now: int) -> dict[str, Any]:
    """GET /api/v3/exchangeInfo."""
    limits = (
        ("REQUEST_WEIGHT", "MINUTE", 1, WEIGHT_PER_MINUTE),
        ("ORDERS", "SECOND", 10, ORDERS_PER_TEN_SECONDS),
    )
    return {
        "timezone": "UTC",
        "serverTime": now,
        "rateLimits": [
            {"rateLimitType": kind, "interval": unit, "intervalNum": number, "limit": limit}
            for kind, unit, number, limit in limits
        ],
        "exchangeFilters": [],
        "symbols": [market(one) for one in MARKETS.values()],
    }


def order(one: Order) -> dict[str, Any]:
    """An order in a list or alone."""
    return {
        "symbol": one.symbol, "orderId": one.id, "orderListId": -1, "clientOrderId": one.client_id,
        "price": amount(one.price), "origQty": amount(one.quantity), "executedQty": amount(one.filled),
        "cummulativeQuoteQty": amount(one.cost), "status": one.status, "timeInForce": one.time_in_force,
        "type": one.type, "side": one.side, "stopPrice": "0.00000000", "icebergQty": "0.00000000",
        "time": one.placed_at, "updateTime": one.updated_at, "isWorking": one.is_open, "workingTime": one.placed_at,
        "origQuoteOrderQty": amount(one.quote_quantity), "selfTradePreventionMode": "NONE",
    }  # fmt: skip


def placed(one: Order) -> dict[str, Any]:
    """The answer to a new order, newOrderRespType FULL."""
    fills = [
        {"price": amount(fill.price), "qty": amount(fill.quantity), "commission": amount(fill.fee),
         "commissionAsset": fill.fee_asset, "tradeId": fill.id}
        for fill in one.trades
    ]  # fmt: skip
    shown = order(one)
    return {**shown, "transactTime": one.placed_at, "fills": fills}


def trade(one: Trade) -> dict[str, Any]:
    """A trade in myTrades."""
    return {
        "symbol": one.symbol, "id": one.id, "orderId": one.order, "orderListId": -1, "price": amount(one.price),
        "qty": amount(one.quantity), "quoteQty": amount(one.cost), "commission": amount(one.fee),
        "commissionAsset": one.fee_asset, "time": one.time, "isBuyer": one.is_buyer, "isMaker": one.is_maker,
        "isBestMatch": True,
    }  # fmt: skip


def account(holdings: dict[str, Holding], now: int) -> dict[str, Any]:
    """GET /api/v3/account."""
    rates = {"maker": amount(FEE), "taker": amount(FEE), "buyer": "0.00000000", "seller": "0.00000000"}
    return {
        "makerCommission": 10, "takerCommission": 10, "buyerCommission": 0, "sellerCommission": 0,
        "commissionRates": rates, "canTrade": True, "canWithdraw": False, "canDeposit": True, "brokered": False,
        "updateTime": now, "accountType": "SPOT", "permissions": ["SPOT"],
        "balances": [
            {"asset": asset, "free": amount(held.free), "locked": amount(held.locked)}
            for asset, held in sorted(holdings.items())
        ],
    }  # fmt: skip


def depth(book: Book, levels: int, update: int) -> dict[str, Any]:
    """GET /api/v3/depth."""
    bids, asks = book.depth("BUY", levels), book.depth("SELL", levels)
    return {
        "lastUpdateId": update,
        "bids": [[amount(price), amount(quantity)] for price, quantity in bids],
        "asks": [[amount(price), amount(quantity)] for price, quantity in asks],
    }


def ticker(one: Market, path: PricePath, book: Book, now: int) -> dict[str, Any]:
    """GET /api/v3/ticker/24hr, of one market; the day is summed up from its hours."""
    moment = now // 1000
    first = (moment - _DAY) // 3600 * 3600 + 3600  # whole hours, which are worked out once
    hours = [path.candle(first + hour * 3600, 3600) for hour in range(24)]
    opened, last = one.price(path.at(moment - _DAY)), one.price(path.at(moment // 5 * 5))
    volume = one.quantity(sum(hour.volume for hour in hours))
    bid, ask = book.best("BUY") or last, book.best("SELL") or last
    average = one.price(sum(hour.close for hour in hours) / len(hours))
    high = max(last, opened, *(one.price(hour.high) for hour in hours[:-1]))
    low = min(last, opened, *(one.price(hour.low) for hour in hours[:-1]))
    return {
        "symbol": one.symbol, "priceChange": amount(last - opened),
        "priceChangePercent": f"{(last - opened) / opened * 100:.3f}", "weightedAvgPrice": amount(average),
        "prevClosePrice": amount(opened), "lastPrice": amount(last), "lastQty": amount(one.step),
        "bidPrice": amount(bid), "bidQty": amount(_first(book, "BUY")), "askPrice": amount(ask),
        "askQty": amount(_first(book, "SELL")), "openPrice": amount(opened), "highPrice": amount(high),
        "lowPrice": amount(low), "volume": amount(volume), "quoteVolume": amount(volume * average),
        "openTime": now - _DAY * 1000, "closeTime": now, "firstId": 0, "lastId": 0,
        "count": sum(hour.trades for hour in hours),
    }  # fmt: skip


def candle(one: Market, shape: Candle, length: int) -> list[Any]:
    """A line of GET /api/v3/klines."""
    volume = one.quantity(shape.volume)
    prices = [amount(one.price(price)) for price in (shape.open, shape.high, shape.low, shape.close)]
    cost = amount(volume * one.price(shape.close))
    opened, closed = shape.opened_at * 1000, (shape.opened_at + length) * 1000 - 1
    half = amount(volume / 2)
    return [opened, *prices, amount(volume), closed, cost, shape.trades, half, amount(Decimal(cost) / 2), "0"]


def _first(book: Book, side: str) -> Decimal:
    found = book.depth(side, 1)  # type: ignore[arg-type]  # one of the two sides
    return found[0][1] if found else Decimal(0)
