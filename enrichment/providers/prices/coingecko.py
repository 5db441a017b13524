"""The dollar price of SOL from CoinGecko. https://docs.coingecko.com/reference/simple-price"""

from decimal import Decimal

from django.conf import settings

from enrichment.providers.addresses import coingecko
from enrichment.providers.http import Service
from jobs.errors import Transient

_SERVICE = Service("CoinGecko")


def sol_usd() -> Decimal:
    """Dollars per SOL. Raises RateLimited, Transient, Permanent."""
    key = settings.COINGECKO_API_KEY
    headers = {"x-cg-demo-api-key": key} if key else {}
    query = {"ids": "solana", "vs_currencies": "usd"}
    answer = _SERVICE.get(f"{coingecko()}/simple/price", query, headers)
    price = answer.get("solana", {}).get("usd") if isinstance(answer, dict) else None
    if not price:
        raise Transient("CoinGecko names no price of SOL")
    return Decimal(str(price))
