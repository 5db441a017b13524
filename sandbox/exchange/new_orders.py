"""Reading a new order's parameters, with Binance's checks and words."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from secrets import token_hex

from sandbox.exchange.errors import filter_failure, illegal, missing, refusal, unknown_symbol
from sandbox.exchange.markets import MARKETS, Market
from sandbox.exchange.orders import ZERO, Order

_CLIENT_ID = re.compile(r"^[\.A-Z\:/a-z0-9_-]{1,36}$")
_TYPES = ("LIMIT", "MARKET", "LIMIT_MAKER")
_TIMES = ("GTC", "IOC", "FOK")


def read_order(account: str, given: Mapping[str, str], now: int) -> Order:
    """The order that the parameters mean. HttpError -1102, -1100, -1013, -1116 and so on when they mean none."""
    market = market_of(given)
    side, kind = _one_of(given, "side", ("BUY", "SELL"), -1117), _one_of(given, "type", _TYPES, -1116)
    by_quote = kind == "MARKET" and "quoteOrderQty" in given
    quantity = ZERO if by_quote else _positive(given, "quantity")
    order = Order(
        0, account, market.symbol, side, kind, _time_in_force(given, kind),  # type: ignore[arg-type]  # checked
        ZERO if kind == "MARKET" else _positive(given, "price"), quantity, _client_id(given), now, now,
        quote_quantity=_positive(given, "quoteOrderQty") if by_quote else ZERO,
    )  # fmt: skip
    _check_filters(order, market)
    return order


def market_of(given: Mapping[str, str]) -> Market:
    """The market that a request names."""
    if not given.get("symbol"):
        raise missing("symbol")
    if given["symbol"] not in MARKETS:
        raise unknown_symbol()
    return MARKETS[given["symbol"]]


def _one_of(given: Mapping[str, str], name: str, known: tuple[str, ...], code: int) -> str:
    if not given.get(name):
        raise missing(name)
    if given[name] not in known:
        raise refusal(code, f"Invalid {name if name == 'side' else 'orderType'}.")
    return given[name]


def _time_in_force(given: Mapping[str, str], kind: str) -> str:
    if kind != "LIMIT":
        return "GTC"
    if "timeInForce" not in given:
        raise missing("timeInForce")
    if given["timeInForce"] not in _TIMES:
        raise refusal(-1115, "Invalid timeInForce.")
    return given["timeInForce"]


def _positive(given: Mapping[str, str], name: str) -> Decimal:
    if not given.get(name):
        raise missing(name)
    try:
        value = Decimal(given[name])
    except InvalidOperation:
        raise illegal(name) from None
    if not value.is_finite() or len(given[name]) > 24:
        raise illegal(name)
    if value <= 0:
        raise refusal(-1013, f"Invalid {name}.")
    return value


def _client_id(given: Mapping[str, str]) -> str:
    text = given.get("newClientOrderId") or token_hex(11)
    if not _CLIENT_ID.match(text):
        raise illegal("newClientOrderId")
    return text


def _check_filters(order: Order, market: Market) -> None:
    if order.price % market.tick:
        raise filter_failure("PRICE_FILTER")
    if order.quantity % market.step or order.quantity > 100_000:
        raise filter_failure("LOT_SIZE")
    cost = order.quote_quantity or order.price * order.quantity
    if cost and cost < market.least_cost:
        raise filter_failure("NOTIONAL")
