"""Dollar prices of tokens from Jupiter, version 3. https://dev.jup.ag/docs/price/v3"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings

from enrichment.providers.addresses import jupiter
from enrichment.providers.budget import Provider
from enrichment.providers.http import Service

_SERVICE = Service("Jupiter", Provider.JUPITER)
_AT_ONCE = 50  # mints in one request


def dollar_prices(mints: Sequence[str]) -> dict[str, Decimal]:
    """Dollars per whole token; one that Jupiter does not rely on is left out.

    Raises RateLimited, Transient, Permanent.
    """
    key = settings.JUPITER_API_KEY
    headers = {"x-api-key": key} if key else {}
    found: dict[str, Decimal] = {}
    for start in range(0, len(mints), _AT_ONCE):
        listed = ",".join(mints[start : start + _AT_ONCE])
        found |= _SERVICE.get(f"{jupiter()}/price/v3", {"ids": listed}, _prices, headers)
    return found


def _prices(answer: Any) -> dict[str, Decimal]:
    return {
        mint: Decimal(str(told["usdPrice"])) for mint, told in answer.items() if told and told.get("usdPrice")
    }
