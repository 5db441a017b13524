"""`/exchange/api/v3/...`: the spot REST API. https://developers.binance.com/docs/binance-spot-api-docs/rest-api"""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.exchange import rendering
from sandbox.exchange.errors import illegal, missing, no_such_order, not_cancelled, refusal, rejected
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.limits import Limits
from sandbox.exchange.markets import MARKETS
from sandbox.exchange.new_orders import market_of, read_order
from sandbox.exchange.orders import Order
from sandbox.exchange.signing import signed_by
from sandbox.http import HttpError, Json, Request, Response

_INTERVALS = {"1m": 60, "5m": 300, "15m": 900, "1h": 3_600, "4h": 14_400, "1d": 86_400}
Given = Mapping[str, str]


class ExchangeApi:
    """Answers the paths below /exchange. Each has a weight, as on Binance."""

    def __init__(self, exchange: Exchange, limits: Limits | None = None) -> None:
        self._exchange = exchange
        self._limits = limits or Limits()
        self._public: dict[str, tuple[int, Callable[[Given], Json]]] = {
            "ping": (1, lambda _: {}),
            "time": (1, lambda _: {"serverTime": exchange.now()}),
            "exchangeInfo": (20, lambda _: rendering.exchange_info(exchange.now())),
            "ticker/24hr": (80, self._tickers),
            "ticker/price": (4, self._prices),
            "ticker/bookTicker": (4, self._best),
            "depth": (5, self._depth),
            "klines": (2, self._klines),
        }
        self._private: dict[tuple[str, str], tuple[int, Callable[[str, Given], Json]]] = {
            ("GET", "account"): (20, self._account),
            ("GET", "order"): (4, self._order),
            ("POST", "order"): (1, self._place),
            ("DELETE", "order"): (1, self._cancel),
            ("GET", "openOrders"): (80, self._open),
            ("GET", "allOrders"): (20, self._all),
            ("GET", "myTrades"): (20, self._trades),
        }

    def answer(self, request: Request) -> Response:
        """Answer one request; refusals carry the same headers as answers."""
        path = request.path.removeprefix("/api/v3/").strip("/")
        client = request.headers.get("x-mbx-apikey", "")
        weight, handle = self._handler(request, path)
        headers = self._limits.charge(client, weight, self._exchange.wall())
        try:
            self._exchange.advance()
            return Response(handle(), 200, headers | self._order_headers(request, path, client))
        except HttpError as error:
            raise HttpError(error.status, error.body, {**headers, **error.headers}) from None

    def _handler(self, request: Request, path: str) -> tuple[int, Callable[[], Json]]:
        if request.method == "GET" and path in self._public:
            weight, public = self._public[path]
            return weight, lambda: public(request.parameters())
        known = self._private.get((request.method, path))
        if known is None:
            return 1, lambda: self._unknown(path)
        return known[0], lambda: self._signed(request, known[1], path)

    def _unknown(self, path: str) -> Json:
        if path in self._public or any(path == name for _, name in self._private):
            raise refusal(-1000, "Request method is not supported.", 405)
        raise HttpError(
            404, {"timestamp": self._exchange.now(), "status": 404, "error": "Not Found", "path": path}
        )

    def _signed(self, request: Request, handle: Callable[[str, Given], Json], path: str) -> Json:
        account = signed_by(request, self._exchange.keys, self._exchange.now())
        if (request.method, path) == ("POST", "order"):
            self._limits.charge_order(account, self._exchange.wall())
        return handle(account, request.parameters())

    def _order_headers(self, request: Request, path: str, client: str) -> dict[str, str]:
        if (request.method, path) != ("POST", "order"):
            return {}
        account = self._exchange.keys[client].account
        return self._limits.order_headers(account, self._exchange.wall())

    # -- market data ---------------------------------------------------------------------------------

    def _tickers(self, given: Given) -> Json:
        exchange, wanted = self._exchange, _wanted(given)
        shown = [
            rendering.ticker(market, exchange.paths[symbol], exchange.engine.books[symbol], exchange.now())
            for symbol, market in MARKETS.items()
            if symbol in wanted
        ]
        return _single(given, shown)

    def _prices(self, given: Given) -> Json:
        names = (("symbol", "symbol"), ("price", "lastPrice"))
        shown = [{name: one[field] for name, field in names} for one in _many(self._tickers(given))]
        return _single(given, shown)

    def _best(self, given: Given) -> Json:
        names = ("symbol", "bidPrice", "bidQty", "askPrice", "askQty")
        shown = [{name: one[name] for name in names} for one in _many(self._tickers(given))]
        return _single(given, shown)

    def _depth(self, given: Given) -> Json:
        book = self._exchange.engine.books[market_of(given).symbol]
        return rendering.depth(book, _limit(given, 100, 5_000), self._exchange.now())

    def _klines(self, given: Given) -> Json:
        market = market_of(given)
        length = _INTERVALS.get(given.get("interval", ""))
        if length is None:
            raise refusal(-1120, "Invalid interval.")
        count, now = _limit(given, 500, 1_000), self._exchange.now() // 1000
        last = min(now, (_whole(given, "endTime") or now * 1000) // 1000) // length * length
        first = last - (count - 1) * length
        start = _whole(given, "startTime")
        if start is not None:
            first = max(first if "endTime" in given else 0, -(-start // 1000 // length) * length)
        moments = range(first, last + 1, length)[:count]
        path = self._exchange.paths[market.symbol]
        return [rendering.candle(market, path.candle(moment, length), length) for moment in moments]

    # -- accounts ------------------------------------------------------------------------------------

    def _account(self, account: str, given: Given) -> Json:
        return rendering.account(self._exchange.engine.ledger.all_of(account), self._exchange.now())

    def _order(self, account: str, given: Given) -> Json:
        return rendering.order(self._found(account, given) or _raise(no_such_order()))

    def _place(self, account: str, given: Given) -> Json:
        order = read_order(account, given, self._exchange.now())
        if self._exchange.knows_client_id(account, order.client_id):
            raise rejected("Duplicate order sent.")
        return rendering.placed(self._exchange.place(order))

    def _cancel(self, account: str, given: Given) -> Json:
        order = self._found(account, given)
        if order is None or not order.is_open:
            raise not_cancelled()
        return {**rendering.order(self._exchange.cancel(order)), "origClientOrderId": order.client_id}

    def _open(self, account: str, given: Given) -> Json:
        symbol = market_of(given).symbol if "symbol" in given else None
        return [rendering.order(order) for order in self._exchange.open_orders(account, symbol)]

    def _all(self, account: str, given: Given) -> Json:
        clauses, values, newest = _window(account, given, "orderId", "placed_at")
        found = self._exchange.store.orders(clauses, values, _limit(given, 500, 1_000), newest=newest)
        return [rendering.order(self._exchange.engine.open.get(order.id, order)) for order in found]

    def _trades(self, account: str, given: Given) -> Json:
        clauses, values, newest = _window(account, given, "fromId", "time")
        if "orderId" in given:
            clauses, values = f'{clauses} AND "order" = ?', [*values, _whole(given, "orderId")]
        found = self._exchange.store.trades(clauses, values, _limit(given, 500, 1_000), newest=newest)
        return [rendering.trade(one) for one in found]

    def _found(self, account: str, given: Given) -> Order | None:
        symbol, number = market_of(given).symbol, _whole(given, "orderId")
        client_id = given.get("origClientOrderId")
        if number is None and not client_id:
            raise refusal(
                -1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"
            )
        return self._exchange.find(account, symbol, number, client_id)


def _window(account: str, given: Given, id_name: str, time_column: str) -> tuple[str, list[Any], bool]:
    """The clause of an account's history in one market: from an id, from a time, or else the newest."""
    clauses, values = ["account = ?", "symbol = ?"], [account, market_of(given).symbol]
    bounds = ((id_name, "id >= ?"), ("startTime", f"{time_column} >= ?"), ("endTime", f"{time_column} <= ?"))
    for name, clause in bounds:
        value = _whole(given, name)
        if value is not None:
            clauses.append(clause)
            values.append(value)  # type: ignore[arg-type]  # SQLite takes both
    return " AND ".join(clauses), values, len(clauses) == 2


def _wanted(given: Given) -> list[str]:
    """The markets that a request for tickers means; a wrong one is told."""
    if "symbol" in given:
        return [market_of(given).symbol]
    if "symbols" not in given:
        return list(MARKETS)
    names = [name.strip('" ') for name in given["symbols"].strip("[]").split(",")]
    return [market_of({"symbol": name}).symbol for name in names]


def _single(given: Given, shown: list[Json]) -> Json:
    return shown[0] if "symbol" in given else shown


def _many(shown: Json) -> list[Json]:
    return shown if isinstance(shown, list) else [shown]


def _limit(given: Given, default: int, most: int) -> int:
    value = _whole(given, "limit")
    return default if value is None else max(1, min(value, most))


def _whole(given: Given, name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not text:
        raise missing(name)
    if not text.isdigit() or len(text) > 18:
        raise illegal(name)
    return int(text)


def _raise(error: HttpError) -> Any:
    raise error
