"""An exchange through ccxt, with exact numbers. ccxt is imported when the first client is made: it is large."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

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

_TIMEOUT = 10_000  # milliseconds, to connect and to answer
_MARKETS_KEPT = 3_600.0  # seconds
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

_markets: dict[tuple[str, str], tuple[float, Any]] = {}


class ExchangeClient:
    """What this product asks an exchange. Every call raises RateLimited, Transient or Permanent."""

    def __init__(self, address: ExchangeAddress, keys: ApiKeys | None = None) -> None:
        self.name = address.name
        self._label = address.label
        self._client = _open(address, keys)
        with self._errors():
            _load_markets(self._client, address)

    def symbols(self) -> list[str]:
        """The spot markets that are open, as `BASE/QUOTE`."""
        markets = self._client.markets.values()
        return sorted(one["symbol"] for one in markets if one.get("spot") and one.get("active") is not False)

    def balances(self) -> list[BalanceRecord]:
        """What the account holds; what it has nothing of is left out."""
        with self._errors():
            return reading.balances(self._client.fetch_balance())

    def orders(self, symbol: str, position: dict[str, Any] | None, size: int) -> Page[OrderRecord]:
        """The account's orders in one market from a position on (None: from the first), oldest first."""
        with self._errors():
            if self.name in _BY_ID:
                number = (position or {}).get("from_id", 1)
                rows = self._client.fetch_orders(symbol, None, size, {"orderId": number})
                return reading.page_by_id(rows, number, size, reading.order)
            since = (position or {}).get("since")
            rows = self._client.fetch_orders(symbol, since, size)
            return reading.page_by_time(rows, since, size, reading.order)

    def fills(self, symbol: str, position: dict[str, Any] | None, size: int) -> Page[FillRecord]:
        """The trades that filled the account's orders in one market, in the same way."""
        with self._errors():
            if self.name in _BY_ID:
                # The last one again: an order that met another of this account is told twice under one id.
                number = max(0, (position or {}).get("from_id", 0) - 1)
                rows = self._client.fetch_my_trades(symbol, None, size, {"fromId": number})
                return reading.page_by_id(rows, number, size, reading.fill)
            since = (position or {}).get("since")
            rows = self._client.fetch_my_trades(symbol, since, size)
            return reading.page_by_time(rows, since, size, reading.fill)

    def order(self, symbol: str, order_id: str) -> OrderRecord:
        """One order as it is now."""
        with self._errors():
            return reading.order(self._client.fetch_order(order_id, symbol))

    def open_orders(self) -> list[OrderRecord]:
        """Every open order of the account."""
        with self._errors():
            return [reading.order(row) for row in self._client.fetch_open_orders()]

    def tickers(self, symbols: list[str] | None) -> list[TickerRecord]:
        """The prices of these markets, or of all."""
        with self._errors():
            rows = self._client.fetch_tickers(symbols)
        return [record for record in map(reading.ticker, rows.values()) if record is not None]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with ccxt_errors(self._label, self._client):
            yield


def open_client(name: str, keys: ApiKeys | None = None) -> ExchangeClient:
    """A client of one of this site's exchanges; without keys for prices alone."""
    return ExchangeClient(exchange(name), keys)


def _open(address: ExchangeAddress, keys: ApiKeys | None) -> Any:
    import ccxt

    kind = getattr(ccxt, address.name, None) if address.name in ccxt.exchanges else None
    if kind is None:
        raise Permanent(f"ccxt knows no exchange named {address.name!r}")
    settings: dict[str, Any] = {
        "timeout": _TIMEOUT,
        "enableRateLimit": not address.is_sandbox,  # nothing is spared by waiting for loopback
        "options": dict(_OPTIONS),
    }
    if keys is not None:
        settings |= {"apiKey": keys.key, "secret": keys.secret, "password": keys.passphrase or None}
    client = kind(settings)
    client.number = str  # else amounts are floats; with Decimal ccxt reads fees twice, and loses them
    if address.base:
        client.urls["api"] = _moved(client.urls["api"], address.base)
    return client


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
