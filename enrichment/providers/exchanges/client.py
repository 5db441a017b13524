"""An exchange through ccxt, with exact numbers. ccxt is imported when the first client is made: it is large."""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings

from enrichment.providers.asking import ask
from enrichment.providers.budget import Budget, Provider
from enrichment.providers.exchanges import reading
from enrichment.providers.exchanges.addresses import ExchangeAddress, exchange
from enrichment.providers.exchanges.errors import ccxt_errors
from enrichment.providers.exchanges.records import (
    ApiKeys,
    BalanceRecord,
    FillRecord,
    OrderRecord,
    Page,
    TickerRecord,
)
from jobs.errors import Permanent

_MARKETS_KEPT = 3_600.0  # seconds
_REFUSALS = ("400", "403", "404", "405", "409", "410", "451")
_BY_ID = frozenset({"binance"})  # exchanges that can be asked for orders and trades from an id on
_OPTIONS = {
    "defaultType": "spot",
    "fetchMarkets": ["spot"],
    "fetchCurrencies": False,
    "fetchMargins": False,
    "warnOnFetchOpenOrdersWithoutSymbol": False,
}
# At DEBUG ccxt logs its requests' headers, and so the keys, and urllib3 the signed queries.
for _name in ("ccxt", "urllib3"):
    logging.getLogger(_name).setLevel(logging.INFO)

T = TypeVar("T")

_markets: dict[tuple[str, str], tuple[float, Any]] = {}


class ExchangeClient:
    """What this product asks an exchange. Every call raises RateLimited, Transient or Permanent."""

    def __init__(self, address: ExchangeAddress, keys: ApiKeys | None = None) -> None:
        self.name = address.name
        self._label = address.label
        self._budget = Budget(Provider.EXCHANGES, address.name, local=address.is_sandbox)
        self._client = _open(address, keys)
        self._ask(partial(_load_markets, self._client, address))

    def symbols(self) -> list[str]:
        """The spot markets that are open, as `BASE/QUOTE`."""
        markets = self._client.markets.values()
        return sorted(one["symbol"] for one in markets if one.get("spot") and one.get("active") is not False)

    def balances(self) -> list[BalanceRecord]:
        """What the account holds; what it has nothing of is left out."""
        return self._ask(lambda: reading.balances(self._client.fetch_balance()))

    def orders(self, symbol: str, position: dict[str, Any] | None, size: int) -> Page[OrderRecord]:
        """The account's orders in one market from a position on (None: from the first), oldest first."""
        fetch = self._client.fetch_orders
        if self.name in _BY_ID:
            number = (position or {}).get("from_id", 1)
            named = {"orderId": number}
            return self._ask(
                lambda: reading.page_by_id(fetch(symbol, None, size, named), number, size, reading.order)
            )
        since = (position or {}).get("since")
        return self._ask(lambda: reading.page_by_time(fetch(symbol, since, size), since, size, reading.order))

    def fills(self, symbol: str, position: dict[str, Any] | None, size: int) -> Page[FillRecord]:
        """The trades that filled the account's orders in one market, in the same way."""
        fetch = self._client.fetch_my_trades
        if self.name in _BY_ID:
            # The last one again: an order that met another of this account is told twice under one id.
            number = max(0, (position or {}).get("from_id", 0) - 1)
            named = {"fromId": number}
            return self._ask(
                lambda: reading.page_by_id(fetch(symbol, None, size, named), number, size, reading.fill)
            )
        since = (position or {}).get("since")
        return self._ask(lambda: reading.page_by_time(fetch(symbol, since, size), since, size, reading.fill))

    def order(self, symbol: str, order_id: str) -> OrderRecord:
        """One order as it is now."""
        return self._ask(lambda: reading.order(self._client.fetch_order(order_id, symbol)))

    def open_orders(self) -> list[OrderRecord]:
        """Every open order of the account."""
        return self._ask(lambda: [reading.order(row) for row in self._client.fetch_open_orders()])

    def tickers(self, symbols: list[str] | None) -> list[TickerRecord]:
        """The prices of these markets, or of all."""
        return self._ask(lambda: reading.tickers(self._client.fetch_tickers(symbols)))

    def _ask(self, call: Callable[[], T]) -> T:
        """Every call only reads, so it may be made twice."""

        def once() -> T:
            with ccxt_errors(self._label, self._client):
                return call()

        return ask(self._budget, once)


def open_client(name: str, keys: ApiKeys | None = None) -> ExchangeClient:
    """A client of one of this site's exchanges; without keys for prices alone."""
    return ExchangeClient(exchange(name), keys)


def _open(address: ExchangeAddress, keys: ApiKeys | None) -> Any:
    import ccxt

    kind = getattr(ccxt, address.name, None) if address.name in ccxt.exchanges else None
    if kind is None:
        raise Permanent(f"ccxt knows no exchange named {address.name!r}")
    options: dict[str, Any] = {
        "timeout": int(settings.PROVIDER_TIMEOUT * 1000),
        "enableRateLimit": not address.is_sandbox,  # nothing is spared by waiting for loopback
        "options": dict(_OPTIONS),
    }
    if keys is not None:
        options |= {"apiKey": keys.key, "secret": keys.secret, "password": keys.passphrase or None}
    client = _strict(kind)(options)
    refusals = dict.fromkeys(_REFUSALS, ccxt.BadRequest)  # ccxt takes them for an exchange out of order
    client.httpExceptions = {**client.httpExceptions, **refusals}
    client.number = str  # else amounts are floats; with Decimal ccxt reads fees twice, and loses them
    if address.base:
        client.urls["api"] = _moved(client.urls["api"], address.base)
    return client


def _strict(kind: Any) -> Any:
    """ccxt's class for an exchange, but an answer that is no JSON is none: ccxt would read it as "nothing held"."""
    import ccxt

    class Strict(kind):
        def fetch(self, *args: Any, **kwargs: Any) -> Any:
            answer = super().fetch(*args, **kwargs)
            if (not answer and answer != []) or not isinstance(answer, (dict, list)):
                raise ccxt.BadResponse("no JSON")
            return answer

    return Strict


def _moved(urls: Any, base: str) -> Any:
    """The same paths on another host."""
    if isinstance(urls, dict):
        return {name: _moved(value, base) for name, value in urls.items()}
    return f"{base}{urlsplit(urls).path}"


def _load_markets(client: Any, address: ExchangeAddress) -> None:
    """The markets are the same for everybody and change rarely: one request an hour and process."""
    kept = _markets.get((address.name, address.base))
    if kept and time.monotonic() - kept[0] < _MARKETS_KEPT:
        client.set_markets(kept[1])
        return
    client.load_markets()
    _markets[address.name, address.base] = time.monotonic(), list(client.markets.values())
