"""Prices from CoinGecko's version 3: of SOL, of coins by their mint, and of the past.

https://docs.coingecko.com/reference/simple-price, .../simple-token-price,
.../contract-address-market-chart
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from django.conf import settings

from enrichment.providers.addresses import coingecko
from enrichment.providers.budget import Provider
from enrichment.providers.http import NotUnderstood, Service
from enrichment.providers.prices.quotes import PastPrice, Quote

_SERVICE = Service("CoinGecko", Provider.COINGECKO)
_CHAIN = "solana"

T = TypeVar("T")


def sol_usd() -> Decimal:
    """Dollars per SOL. Raises RateLimited, Transient, Permanent."""
    return _get("/simple/price", {"ids": "solana", "vs_currencies": "usd"}, _sol)


def quote_of(mint: str) -> Quote | None:
    """A coin's price by its mint; None for a coin that is not listed. Raises as above."""
    query = {
        "contract_addresses": mint,
        "vs_currencies": "usd",
        "include_market_cap": "true",
        "include_24hr_vol": "true",
        "include_24hr_change": "true",
    }
    return _get(f"/simple/token_price/{_CHAIN}", query, partial(_quote, mint))


def history_of(mint: str, days: int) -> list[PastPrice]:
    """A coin's prices of so many days, oldest first: by the hour from 2 to 90 days. Raises as above."""
    query = {"vs_currency": "usd", "days": days}
    return _get(f"/coins/{_CHAIN}/contract/{mint}/market_chart", query, _history)


def _get(path: str, query: Mapping[str, Any], read: Callable[[Any], T]) -> T:
    key = settings.COINGECKO_API_KEY
    return _SERVICE.get(f"{coingecko()}{path}", query, read, {"x-cg-demo-api-key": key} if key else {})


def _sol(answer: Any) -> Decimal:
    price = answer.get("solana", {}).get("usd")
    if not price:
        raise NotUnderstood("no price of SOL")
    return Decimal(str(price))


def _quote(mint: str, answer: Any) -> Quote | None:
    told = answer.get(mint)
    if not told or not told.get("usd"):
        return None
    return Quote(
        mint=mint,
        usd=Decimal(str(told["usd"])),
        source="coingecko",
        volume_24h=_number(told.get("usd_24h_vol")),
        market_cap=_number(told.get("usd_market_cap")),
        change_24h=_number(told.get("usd_24h_change")),
    )


def _history(answer: Any) -> list[PastPrice]:
    volumes, caps = (_by_moment(answer, name) for name in ("total_volumes", "market_caps"))
    return [
        PastPrice(
            datetime.fromtimestamp(moment / 1000, UTC),
            Decimal(str(price)),
            volumes.get(moment),
            caps.get(moment),
        )
        for moment, price in answer.get("prices") or ()
        if price
    ]


def _by_moment(answer: Mapping[str, Any], name: str) -> dict[int, Decimal]:
    return {moment: Decimal(str(value)) for moment, value in answer.get(name) or () if value is not None}


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
